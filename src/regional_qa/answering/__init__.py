"""Question -> answer: understand it, weigh the evidence, quote it or say why not."""

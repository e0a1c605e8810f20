"""Answer -> page: the chat, the article page, the named endpoints and the guard before them.

Importing this loads no Gradio; ``serve`` does.
"""

from regional_qa.web.server import build_app, serve

__all__ = ["build_app", "serve"]

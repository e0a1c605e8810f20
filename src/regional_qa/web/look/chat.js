// Small helps for the chat; questions and answers work without them.

const WORDS = {
  zh: { title: "区域新闻问答", user: "问题", bot: "回答", copied: "已复制", refused: "复制被浏览器拒绝" },
  en: { title: "Regional News Q&A", user: "Question", bot: "Answer", copied: "Copied", refused: "The browser refused to copy" },
};

// The switch names the language that the page is not in; the server reads the choice from a cookie.
const language = () => (document.querySelector(".rq-language")?.textContent === "中文" ? "en" : "zh");
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest(".rq-language")) return;
  const other = language() === "en" ? "zh" : "en";
  document.cookie = `regional-qa-language=${other}; path=/; max-age=31536000; samesite=strict`;
  location.reload();
});

// Copy an answer with its footnotes: the text lies ready in the message.
document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element ? event.target.closest(".rq-copy") : null;
  const text = button?.closest(".rq-answer")?.querySelector(".rq-footnotes")?.textContent;
  if (!button || !text) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = WORDS[language()].copied;
  } catch {
    button.textContent = WORDS[language()].refused;
  }
  setTimeout(() => { button.textContent = label; }, 1600);
});

// Take a limit out of a question: a chip carries the question without it, which goes into a box of its own.
document.addEventListener("click", (event) => {
  const chip = event.target instanceof Element ? event.target.closest(".rq-drop") : null;
  const question = chip?.querySelector(".rq-instead")?.textContent;
  const box = document.querySelector("#rq-again :is(textarea, input)");
  if (!question || !box) return;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
});

// Show only the cards of one region, one year or both; the same button again shows all.
document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest(".rq-only") : null;
  const answer = pressed?.closest(".rq-answer");
  if (!pressed || !answer) return;
  const kind = pressed.classList.contains("rq-only-where") ? "where" : "when";
  const on = pressed.getAttribute("aria-pressed") !== "true";
  for (const other of answer.querySelectorAll(`.rq-only-${kind}`)) other.setAttribute("aria-pressed", String(on && other === pressed));
  const wanted = (kind) => answer.querySelector(`.rq-only-${kind}[aria-pressed="true"]`)?.textContent ?? "";
  const [where, when] = [wanted("where"), wanted("when")];
  for (const card of answer.querySelectorAll(".rq-card")) {
    const places = (card.querySelector(".rq-where")?.textContent ?? "").split("、");
    const day = card.querySelector(".rq-when")?.textContent ?? "";
    card.hidden = !((!where || places.includes(where)) && (!when || day.startsWith(when)));
  }
});

// Name messages for screen readers (Gradio reads out their markup) and bring a new question to the top.
let shown = 0;
const settle = () => {
  const words = WORDS[language()];
  const tongue = language() === "en" ? "en" : "zh-CN";
  if (document.documentElement.lang !== tongue) document.documentElement.lang = tongue;
  if (document.title !== words.title) document.title = words.title;
  for (const [kind, name] of [["user", words.user], ["bot", words.bot]]) {
    for (const message of document.querySelectorAll(`#rq-talk [data-testid="${kind}"]`)) {
      if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    }
  }
  const answers = document.querySelectorAll("#rq-talk .rq-answer").length;
  if (answers > shown) {
    const rows = document.querySelectorAll("#rq-talk .user-row");
    rows[rows.length - 1]?.scrollIntoView({ block: "start" });
  }
  shown = answers;
};
new MutationObserver(settle).observe(document.documentElement, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
});

// Small helps for the chat; questions and answers work without them.

const WORDS = {
  zh: { title: "区域新闻问答", user: "问题", bot: "回答", unworded: "语言模型的改写没有送到", copied: "已复制", refused: "复制被浏览器拒绝", unedit: "不修改了" },
  en: { title: "Regional News Q&A", user: "Question", bot: "Answer", unworded: "The language model's wording did not arrive", copied: "Copied", refused: "The browser refused to copy", unedit: "Leave it as it was" },
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

// Fill one of Gradio's boxes, the unseen ones too, and send it as a person would.
const box = (id) => document.querySelector(`#${id} :is(textarea, input)`);
const fill = (id, words) => {
  const field = box(id);
  if (!field) return;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const send = (id, words) => {
  fill(id, words);
  box(id)?.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
};
const pressed = (event, name) => (event.target instanceof Element ? event.target.closest(name) : null);
const asked = (element) => {
  const questions = [...document.querySelectorAll("#rq-talk .rq-question")];
  return questions.filter((question) => question.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING).pop()?.textContent ?? "";
};
const number = (element) => element.closest(".rq-answer")?.querySelector(".rq-number")?.textContent ?? "";

// A chip carries the question without its limit; a suggestion is a question itself.
document.addEventListener("click", (event) => {
  const question = pressed(event, ".rq-drop")?.querySelector(".rq-instead") ?? pressed(event, ".rq-ask");
  if (question?.textContent) send("rq-again", question.textContent);
});

// The last question once more: as it is, or put back into its box to be changed.
const leaveAsItWas = () => {
  document.querySelector("#rq-unedit")?.remove();
  fill("rq-anew", "");
};
document.addEventListener("click", (event) => {
  const retry = pressed(event, ".rq-retry");
  const edit = pressed(event, ".rq-edit");
  if (retry) {
    fill("rq-anew", number(retry));
    send("rq-again", asked(retry));
  } else if (edit) {
    leaveAsItWas();
    fill("rq-anew", number(edit));
    fill("rq-question", asked(edit));
    const leave = document.createElement("button");
    Object.assign(leave, { id: "rq-unedit", type: "button", textContent: WORDS[language()].unedit });
    document.querySelector("#rq-dock")?.prepend(leave);
    box("rq-question")?.focus();
  } else if (pressed(event, "#rq-unedit")) {
    leaveAsItWas();
    fill("rq-question", "");
    box("rq-question")?.focus();
  }
});

// Stop: the connection of the question on its way is closed, which the server sees, and the page stays as it is.
const UNCHANGED = { data: [{ __type__: "update" }, null, { __type__: "update" }], is_generating: false, duration: 0 };
let onItsWay = null;
let worded = null;
const fetched = window.fetch;
const busy = () => document.body.classList.toggle("rq-busy", Boolean(onItsWay ?? worded));
const stop = () => {
  onItsWay?.abort();
  worded?.abort();
};
window.fetch = async (address, init) => {
  const isRun = String(address?.url ?? address).includes("/gradio_api/run/") && typeof init?.body === "string";
  const data = isRun ? JSON.parse(init.body).data : [];
  if (typeof data[0] === "string" && data[0]) document.body.dataset.asked = data[0];
  if (data.length < 5) return fetched(address, init); // only a question comes with the conversation and its limits
  const own = new AbortController();
  worded?.abort();
  onItsWay = own;
  busy();
  try {
    return await fetched(address, { ...init, signal: own.signal });
  } catch (fault) {
    if (!own.signal.aborted) throw fault;
    if (!document.querySelector("#rq-unedit")) fill("rq-anew", "");
    if (!box("rq-question")?.value) fill("rq-question", document.body.dataset.asked ?? "");
    return new Response(JSON.stringify(UNCHANGED), { headers: { "content-type": "application/json" } });
  } finally {
    if (onItsWay === own) onItsWay = null;
    busy();
  }
};
document.addEventListener("click", (event) => { 
  if (pressed(event, "#rq-stop")) stop();
  if (pressed(event, "#rq-clear")) worded?.abort();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });

// A language model's wording comes below its answer; each line from the server is all there is to show of it so far.
const begun = new Set();
const lines = async (name, place, signal) => {
  const body = JSON.stringify({ name });
  const reply = await fetched("/wording", { method: "POST", headers: { "content-type": "application/json" }, body, signal });
  if (!reply.ok) throw new Error(reply.statusText);
  const pieces = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "", piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
    const whole = (rest + piece.value).split("\n");
    rest = whole.pop();
    if (whole.length) place.innerHTML = whole.at(-1);
  }
};
const word = async (mark) => {
  const name = mark.textContent;
  const place = mark.closest(".rq-phrased");
  if (begun.has(name)) return;
  begun.add(name);
  const own = new AbortController();
  worded = own;
  busy();
  try {
    await lines(name, place, own.signal);
  } catch {
    await lines(name, place).catch(() => { place.textContent = WORDS[language()].unworded; }); // what was proven so far
  } finally {
    if (worded === own) worded = null;
    busy();
  }
};

// What a person says of an answer: right is sent at once, not right opens a few questions below.
const judging = (open) => {
  document.body.classList.toggle("rq-judges", open);
  if (open) document.querySelector("#rq-judging")?.scrollIntoView({ block: "nearest" });
};
document.addEventListener("click", (event) => {
  const good = pressed(event, ".rq-good");
  const bad = pressed(event, ".rq-bad") ?? pressed(event, ".rq-should");
  if (good) {
    judging(false);
    send("rq-verdict", `+${number(good)}`);
  } else if (bad) {
    fill("rq-verdict", `-${number(bad)}`);
    fill("rq-passage", bad.closest(".rq-card")?.querySelector(".rq-passage")?.textContent ?? "");
    judging(true);
    document.querySelector("#rq-reason input")?.focus({ preventScroll: true });
  } else if (pressed(event, "#rq-send") || pressed(event, "#rq-cancel")) {
    judging(false);
  }
});

// A file that the server has put into the page is handed to the browser, once.
const save = (file) => {
  if (!file || file.dataset.saved) return;
  file.dataset.saved = "yes";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([file.querySelector("pre").textContent], { type: "text/plain;charset=utf-8" }));
  link.download = file.querySelector("b").textContent;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

// Show only the cards of one region, one year or both; the same button again shows all.
document.addEventListener("click", (event) => {
  const chosen = pressed(event, ".rq-only");
  const answer = chosen?.closest(".rq-answer");
  if (!chosen || !answer) return;
  const kind = chosen.classList.contains("rq-only-where") ? "where" : "when";
  const on = chosen.getAttribute("aria-pressed") !== "true";
  for (const other of answer.querySelectorAll(`.rq-only-${kind}`)) other.setAttribute("aria-pressed", String(on && other === chosen));
  const wanted = (kind) => answer.querySelector(`.rq-only-${kind}[aria-pressed="true"]`)?.textContent ?? "";
  const [where, when] = [wanted("where"), wanted("when")];
  for (const card of answer.querySelectorAll(".rq-card")) {
    const places = (card.querySelector(".rq-where")?.textContent ?? "").split(/、|, /);
    const day = card.querySelector(".rq-when")?.textContent ?? "";
    card.hidden = !((!where || places.includes(where)) && (!when || day.startsWith(when)));
  }
});

// Name messages for screen readers (Gradio reads out their markup) and bring a new question to the top.
let shown = 0;
let newest = "";
const settle = () => {
  const words = WORDS[language()];
  const tongue = language() === "en" ? "en" : "zh-CN";
  if (document.documentElement.lang !== tongue) document.documentElement.lang = tongue;
  if (document.title !== words.title) document.title = words.title;
  // Gradio calls the examples a list, and their buttons are no items of one
  document.querySelector('#rq-talk .examples[role="list"]')?.setAttribute("role", "group");
  for (const [kind, name] of [["user", words.user], ["bot", words.bot]]) {
    for (const message of document.querySelectorAll(`#rq-talk [data-testid="${kind}"]`)) {
      if (message.getAttribute("aria-label") !== name) message.setAttribute("aria-label", name);
    }
  }
  save(document.querySelector("#rq-keep .rq-file"));
  for (const mark of document.querySelectorAll("#rq-talk .rq-wording")) word(mark);
  const answers = document.querySelectorAll("#rq-talk .rq-answer").length;
  const last = [...document.querySelectorAll("#rq-talk .rq-number")].pop()?.textContent ?? "";
  if (last !== newest) document.querySelector("#rq-unedit")?.remove();
  if (answers > shown || last !== newest) {
    const rows = document.querySelectorAll("#rq-talk .user-row");
    rows[rows.length - 1]?.scrollIntoView({ block: "start" });
  }
  shown = answers;
  newest = last;
};
new MutationObserver(settle).observe(document.documentElement, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
});

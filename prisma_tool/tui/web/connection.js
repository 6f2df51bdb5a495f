// The connection of the page: why it ended, the way back, and a question before a page is closed by mistake.
"use strict";
(() => {
  const CLOSED = 1000;
  const BROKEN = 1011;
  const SECONDS_UNTIL_ANSWERED = 3;
  const WORDS = {
    [CLOSED]: "The review is closed; everything is stored.",
    [BROKEN]: "The application ended by an error, which stands where prisma-tool runs. What it called stored is stored.",
  };
  const LOST =
    "The connection to prisma-tool was lost. What it called stored is stored.\nTrying again … If it was ended, start " +
    "`prisma-tool serve` again and open the address that it prints.";
  const ANEW = "prisma-tool was started anew, with another key: open the address that it printed.";
  let isOpen = false;
  let typed = -Infinity;

  const say = (words) => {
    document.querySelector("#ended").textContent = words;
  };

  const tryAgain = async () => {
    try {
      const answer = await fetch("/", { cache: "no-store" });
      if (answer.ok) location.assign("/");
      else say(ANEW);
      return true;
    } catch {
      say(LOST);
      return false;
    }
  };

  const keepTrying = async () => {
    if (!(await tryAgain())) setTimeout(keepTrying, 2000);
  };

  // The terminal opens the one connection of the page, and tells nobody how it ends.
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...parts) {
      super(...parts);
      this.addEventListener("open", () => {
        isOpen = true;
      });
      this.addEventListener("close", (event) => {
        isOpen = false;
        say(WORDS[event.code] ?? LOST);
        if (!(event.code in WORDS)) keepTrying();
      });
    }
  };

  window.addEventListener("load", () => {
    document.querySelector("#again").addEventListener("click", (event) => {
      event.preventDefault();
      tryAgain();
    });
  });
  window.addEventListener("keydown", (event) => {
    typed = event.timeStamp;
  }, true);

  // Ctrl+W deletes a word in many programs, and closes a page here; and what was typed a moment ago may not be stored yet.
  window.addEventListener("beforeunload", (event) => {
    const isAnswered = event.timeStamp - typed > SECONDS_UNTIL_ANSWERED * 1000;
    if ((isOpen && !isAnswered) || document.body.classList.contains("-sending")) event.preventDefault();
  });
})();

// Lets keys reach the application without a click: the terminal takes them once it has drawn something.
"use strict";
window.addEventListener("load", () => {
  const begin = () => {
    if (!document.body.classList.contains("-first-byte")) return;
    watcher.disconnect();
    document.querySelector(".xterm-helper-textarea")?.focus();
  };
  const watcher = new MutationObserver(begin);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["class"] });
});

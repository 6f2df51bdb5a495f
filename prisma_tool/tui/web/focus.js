// Lets keys reach the application without a click, as the terminal takes them once it has drawn something; and the clipboard as well.
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

// The terminal would take this key from the browser, which knows what was copied elsewhere.
window.addEventListener("keydown", (event) => {
  if (event.ctrlKey && !event.altKey && !event.metaKey && event.key.toLowerCase() === "v") event.stopPropagation();
}, true);

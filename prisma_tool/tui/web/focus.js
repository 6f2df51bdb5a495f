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

// A browser opens a file that is dropped on a page in the page's place: the application would be gone, and nothing imported.
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

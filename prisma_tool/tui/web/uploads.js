// Files that are dropped on the page, or chosen with its button: sent one after the other, then written into the terminal as a terminal
// writes the files that are dropped on it.
"use strict";
window.addEventListener("load", () => {
  const body = document.body;
  const bar = document.querySelector("#uploads");
  const chooser = document.querySelector("#files");
  const button = document.querySelector("#choose");
  const { refusal } = bar.dataset;
  const fileBytes = Number(bar.dataset.fileBytes);
  const mostFiles = Number(bar.dataset.files);
  const CUT = "it could not be sent: a folder, a file that changed, or the connection was cut";

  const said = document.querySelector("#said");
  const usual = said.textContent;
  const SECONDS_SAID = 20;
  let until;
  const say = (words) => {
    clearTimeout(until);
    said.textContent = words;
  };

  const send = (file, words) =>
    new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const failed = () => resolve({ problem: `${file.name}: ${CUT}` });
      request.open("POST", `/upload?name=${encodeURIComponent(file.name)}`);
      request.upload.addEventListener("progress", (event) => {
        say(`${words}, ${Math.floor((100 * event.loaded) / Math.max(1, event.total))} %`);
      });
      request.addEventListener("error", failed);
      request.addEventListener("abort", failed);
      request.addEventListener("load", () => {
        try {
          resolve(JSON.parse(request.responseText));
        } catch {
          resolve({ problem: `${file.name}: ${request.responseText || CUT}` });
        }
      });
      request.send(file);
    });

  const sendOne = (file, place, n) => {
    if (file.size > fileBytes) return { problem: `${file.name} is larger than the ${Math.round(fileBytes / 2 ** 20)} MB that a file may have` };
    return send(file, `Sending ${file.name}${n > 1 ? ` (${place} of ${n})` : ""}`);
  };

  // As the terminal pastes: it quotes nothing, and the application sees one paste.
  const write = (words) => {
    const paste = new Event("paste");
    paste.clipboardData = { getData: () => words };
    const keys = document.querySelector(".xterm-helper-textarea");
    keys.dispatchEvent(paste);
    keys.focus();
  };

  const outcome = (sent) => {
    const problems = sent.flatMap((one) => one.problem ?? []);
    const kept = sent.length - problems.length;
    const here = kept === 0 ? [] : [kept === 1 ? "1 file is here; see above" : `${kept} files are here; see above`];
    return [...problems, ...here].join(" · ");
  };

  const reason = (files) => {
    if (refusal) return refusal;
    if (!body.classList.contains("-first-byte") || body.classList.contains("-closed")) return "Open the review first; nothing was sent.";
    if (body.classList.contains("-sending")) return "Other files are being sent; nothing more was taken. Drop them again in a moment.";
    if (files.length > mostFiles) return `${files.length} files at once are too many; ${mostFiles} may be sent together.`;
    return files.length === 0 ? "That was no file." : "";
  };

  const sendAll = async (files) => {
    const problem = reason(files);
    if (problem) {
      say(problem);
      return;
    }
    body.classList.add("-sending");
    const sent = [];
    for (const [place, file] of files.entries()) sent.push(await sendOne(file, place + 1, files.length));
    body.classList.remove("-sending");
    say(outcome(sent));
    if (sent.every((one) => one.dropped)) until = setTimeout(say, SECONDS_SAID * 1000, usual);
    const dropped = sent.flatMap((one) => one.dropped ?? []);
    if (dropped.length) write(dropped.join(" "));
  };

  // Choosing

  const choose = () => {
    if (refusal) say(refusal);
    else chooser.click();
  };
  button.addEventListener("click", choose);
  chooser.addEventListener("change", () => {
    const files = [...chooser.files];
    chooser.value = "";
    if (files.length) sendAll(files);
  });
  // A browser opens a file in the page's place with this key: the application would be gone.
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "o") return;
    event.preventDefault();
    event.stopPropagation();
    choose();
  }, true);

  // Dropping: without this a browser opens a file that is dropped on a page in the page's place.

  let depth = 0;
  const mark = (by) => {
    depth = by === 0 ? 0 : Math.max(0, depth + by);
    body.classList.toggle("-dragging", depth > 0);
  };
  window.addEventListener("dragenter", (event) => {
    event.preventDefault();
    mark(1);
  });
  window.addEventListener("dragleave", () => mark(-1));
  window.addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = refusal ? "none" : "copy";
  });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(0);
    sendAll([...event.dataTransfer.files]);
  });
});

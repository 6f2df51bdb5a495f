// Prints the records of a file as citation-js reads them: one JSON list of objects with the fields that `peer_fidelity.py` compares.
const fs = require("fs");
const Cite = require("citation-js");

const items = new Cite(fs.readFileSync(process.argv[2], "utf8"), { generateGraph: false }).data;
const year = (item) => String(((item.issued || {})["date-parts"] || [[""]])[0][0] || "");
const families = (item) => (item.author || []).map((one) => one.literal || [one["non-dropping-particle"], one.family].filter(Boolean).join(" "));
console.log(JSON.stringify(items.map((item) => ({
  title: item.title, authors: families(item), year: year(item), journal: item["container-title"], volume: item.volume,
  issue: item.issue, pages: item.page, doi: item.DOI, abstract: item.abstract,
}))));

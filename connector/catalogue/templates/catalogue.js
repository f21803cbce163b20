"use strict";
(() => {
  const tools = document.querySelector(".tools");
  const search = document.getElementById("search");
  const choices = [...tools.querySelectorAll("select")];
  const cards = [...document.querySelectorAll(".catalogue > li")];
  const offers = [...document.querySelectorAll(".offer")];
  const found = document.querySelector(".found");
  const plain = (text) => text.normalize("NFKD").replace(/\p{Diacritic}/gu, "").replace(/’/g, "'").toLowerCase();
  const filter = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const card of cards) {
      const keep = wanted.every((word) => card.dataset.words.includes(word))
        && choices.every((choice) => !choice.value || card.dataset[choice.id].split("|").includes(choice.value));
      card.hidden = !keep;
      shown += keep;
    }
    for (const offer of offers) offer.hidden = !offer.querySelector(".catalogue > li:not([hidden])");
    const said = shown === cards.length ? "all" : shown === 1 ? "one" : "other";
    found.textContent = found.dataset[said].replace("{n}", shown);
  };
  search.addEventListener("input", filter);
  for (const choice of choices) choice.addEventListener("change", filter);
  tools.hidden = false;
  filter();
})();

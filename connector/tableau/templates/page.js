"use strict";
(() => {
  document.documentElement.classList.add("js");
  const target = () => {
    const folded = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("details:not([open])");
    if (folded) { folded.open = true; folded.scrollIntoView(); }
  };
  addEventListener("hashchange", target);
  target();
  const form = document.querySelector("form[data-live]");
  if (!form) return;
  const place = form.dataset.live;
  const live = document.querySelector(".live");
  let wanted = null;
  let timer = 0;
  const address = () => {
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    return `${form.getAttribute("action")}?${asked}`;
  };
  const refresh = async () => {
    wanted?.abort();
    const mine = wanted = new AbortController();
    const shown = document.querySelector(place);
    shown.setAttribute("aria-busy", "true");
    const where = address();
    try {
      const answer = await fetch(where, { signal: mine.signal, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(place);
      shown.replaceChildren(...fresh.childNodes);
      shown.removeAttribute("aria-busy");
      history.replaceState(null, "", where);
      live.textContent = shown.querySelector(".found").textContent;
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(where);
    }
  };
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(refresh, event.target.type === "search" ? 200 : 0);
  });
  form.elements.circonscription?.addEventListener("change", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    if (form.elements.ecole) form.elements.ecole.value = "";
    location.assign(address());
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    refresh();
  });
})();

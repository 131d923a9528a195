// What the clerks' pages do beyond plain links and forms; without it they still work.
document.documentElement.classList.add("scripted");

// Arrows go from one call-back to the next, once the keyboard is in the list.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.(".rows > li");
  if (!step || !row) return;
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  if (next) {
    event.preventDefault();
    next.querySelector("a.open").focus();
  }
});

// Whether the list is live is said in words.
const live = document.getElementById("live");
if (live) {
  document.addEventListener("htmx:sseOpen", () => { live.textContent = live.dataset.live; live.classList.remove("lost"); });
  document.addEventListener("htmx:sseError", () => { live.textContent = live.dataset.lost; live.classList.add("lost"); });
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

// « Écouter », rows added to a form, and nothing that the pages cannot do without.
document.documentElement.classList.add("scripted");

// On a telephone the list of pages would fill the screen: it opens when it is asked for.
if (matchMedia("(max-width: 34rem)").matches) {
  for (const folded of document.querySelectorAll("[data-folds]")) folded.open = false;
}

let playing = null;

document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("[data-listen]");
  if (!link) return;
  event.preventDefault();
  const address = new URL(link.href);
  const field = link.dataset.of && document.getElementById(link.dataset.of);
  const other = link.dataset.else && document.getElementById(link.dataset.else);
  if (field) address.searchParams.set("texte", field.value || other?.value || "");
  if (document.querySelector("[data-band]")?.checked) address.searchParams.set("telephone", "1");
  const told = document.querySelector("[data-heard]");
  const say = (words) => { if (told) told.textContent = words; };
  playing?.pause();
  if (!/[\p{L}\p{N}]/u.test(address.searchParams.get("texte") ?? "")) {
    say("Écrivez d'abord le texte à écouter.");
    return;
  }
  playing = new Audio(address);
  link.setAttribute("aria-busy", "true");
  playing.addEventListener("ended", () => say("Fini."), { once: true });
  try {
    await playing.play();
    say("Lecture…");
  } catch {
    say("La voix ne répond pas pour l'instant.");
  } finally {
    link.removeAttribute("aria-busy");
  }
});

// A recording that is too big is said to be before it is sent.
document.addEventListener("change", (event) => {
  const most = event.target.dataset?.mostMb;
  if (!most) return;
  const tooBig = (event.target.files[0]?.size ?? 0) > most * 1e6;
  event.target.form.querySelector("[data-too-big]").hidden = !tooBig;
  event.target.form.querySelector("[type=submit]").disabled = tooBig;
});

// A date that is typed is the choice that it belongs to: nobody publishes today by forgetting to tick.
document.addEventListener("input", (event) => {
  const choice = event.target.dataset?.chooses && document.getElementById(event.target.dataset.chooses);
  if (choice) choice.checked = true;
});

// A new empty row, from the template beside the button.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-add]");
  if (!button) return;
  const rows = document.getElementById(button.dataset.add);
  const number = Number(rows.dataset.next);
  rows.dataset.next = String(number + 1);
  const holder = document.createElement("template");
  holder.innerHTML = document.getElementById(`${button.dataset.add}-neuf`).innerHTML.replaceAll("NUMERO", number);
  rows.append(holder.content);
  rows.lastElementChild.querySelector("input, select, textarea")?.focus();
});

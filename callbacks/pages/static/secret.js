// Beside each password « Montrer », and under a new one whether it is long enough yet; without this they still work.
const LEAST = 12, GOOD = 20;

for (const field of document.querySelectorAll('input[type="password"]')) {
  const named = field.labels[0]?.firstChild.textContent.trim() ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain show";
  button.setAttribute("aria-controls", field.id);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Cacher" : "Montrer";
    button.setAttribute("aria-label", `${button.textContent} : ${named}`);
  };
  button.addEventListener("click", () => show(field.type === "password"));
  field.form?.addEventListener("submit", () => show(false)); // what the browser keeps is a password
  show(false);
  field.after(button);
}

const fresh = document.getElementById("nouveau");
const told = document.getElementById("force");
if (fresh && told) {
  fresh.addEventListener("input", () => {
    const length = [...fresh.value].length, kinds = new Set(fresh.value).size;
    if (!length) told.textContent = "";
    else if (length < LEAST) told.textContent = `Trop court : encore ${LEAST - length}.`;
    else if (kinds < 5) told.textContent = "Trop facile : toujours les mêmes lettres.";
    else told.textContent = length < GOOD ? "Convenable ; une phrase entière est plus sûre." : "Bon.";
  });
}

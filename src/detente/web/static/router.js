// The address: it holds the screen and its state, and who shows screens is told when it changes. Screens import this, never the page.

let show = null;

export const query = () => new URLSearchParams(location.search);

// The address with some values changed (null removes one).
export function link(values) {
  const next = query();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  return `/?${next}`;
}

// Keep the state of a screen in its link, without a new step in the history.
export const remember = (values) => history.replaceState(null, "", link(values));

// The screen of the address, shown anew.
export const render = () => show();

export function go(address) {
  history.pushState(null, "", address);
  return render();
}

export function follow(event) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(event.currentTarget.getAttribute("href")).then(() => document.getElementById("main").focus());
}

// From now on `screen` shows what the address says.
export function start(screen) {
  show = screen;
  addEventListener("popstate", render);
  return render();
}

// Two buttons where the browser can keep their promise: copy the link, hand it to the system's share sheet. Links and the field work without.
for (const place of document.querySelectorAll("[data-share]")) {
  const { url, title } = place.dataset;
  const [copy, system, told] = ["copy", "system", "told"].map((name) => place.querySelector(`[data-${name}]`));
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(url);
        told.textContent = told.dataset.told;
      } catch {
        place.querySelector("input").select();
      }
    });
  }
  if (system && navigator.share) {
    system.hidden = false;
    system.addEventListener("click", () => navigator.share({ title, url }).catch(() => {}));
  }
}

// Demo only: while something is under way, looks again and exchanges the part that changed. Without scripts the page reloads.
const again = () => setTimeout(look, 1500);
async function look() {
  try {
    const answer = await fetch(location.href, { credentials: "omit" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [now, then] = [page, document].map((p) => p.querySelector("[data-live]"));
    if (now && then && now.innerHTML !== then.innerHTML) then.replaceChildren(...now.childNodes);
  } catch {}
  again();
}
again();

// The kinds of Attesta's widgets that show reviews. Loaded by v1.js, which hands over its tools; the same rules hold:
// text nodes only, nothing kept, no host but our own.
const CSS = '__CSS__'

export default ({ h, s, stars, seal, rated, count, foot, verdict, gone, ask, address, style }) => {
  const sheet = style(CSS)
  const text = (name, className, language, said) => said && h(name, { class: className, lang: language, dir: 'auto' }, said)
  const review = (r, w) => h('article', { class: 'review' },
    h('p', { class: 'rating' }, stars(r.stars, r.rating), r.product && h('span', { dir: 'auto' }, r.product)),
    r.title && h('p', {}, text('b', null, r.language, r.title)),
    text('p', 'said', r.language, r.text),
    h('p', { class: 'meta' }, h('b', { dir: 'auto' }, r.author), h('time', { datetime: r.published_on }, r.date),
      h('a', { href: r.url, 'aria-label': `${w.read_on}: ${r.title || r.author}` }, w.read_on)),
    r.reply && h('div', { class: 'reply' }, h('p', {}, h('b', { dir: 'auto' }, w.reply)), h('p', { class: 'said', dir: 'auto' }, r.reply)))

  // A score is never filtered; a list that is says so beside it.
  const top = (d, ...more) => h('div', { class: 'top' },
    d.product && d.product.name && h('b', { dir: 'auto' }, d.product.name), verdict(d), !gone(d) && [rated(d), count(d)], foot(d),
    d.words.filter && h('p', { class: 'note' }, d.words.filter), more)
  const some = (d, host) => d.reviews.slice(0, Math.max(1, Number(host.getAttribute('reviews')) || 12))
  const items = (d, all) => all.map(r => h('li', {}, review(r, d.words)))
  const none = d => h('p', { class: 'note' }, d.words.none)
  const named = d => ({ role: 'group', 'aria-label': d.words.certified })
  // What scrolls can be reached and scrolled by keyboard.
  const scroll = (d, ...kids) => h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': d.words.latest }, kids)
  const list = (d, all, className) => all.length ? h('ul', { class: 'list ' + (className || ''), role: 'list' }, items(d, all)) : none(d)
  const stream = (d, ...kids) => h('div', { class: 'stream', ...named(d) }, kids)
  const button = (attributes, act, signal, ...kids) => {
    const made = h('button', { type: 'button', ...attributes }, kids)
    made.addEventListener('click', act, { signal })
    return made
  }
  const sign = d => s('svg', { viewBox: '0 0 24 24', 'aria-hidden': true }, s('path', { d }))

  // The reader's own choice of stars: pressed buttons, a new list in the same place.
  const filtered = (d, host, signal) => {
    const place = scroll(d, list(d, some(d, host)))
    const given = (d.filter && d.filter.stars || []).join()
    const choices = [['', d.words.any], ...[5, 4, 3, 2, 1].map(n => [String(n), d.words.by_stars[n - 1]])]
    let turn = 0
    const choose = async n => {
      const mine = ++turn
      buttons.forEach((other, at) => other.setAttribute('aria-pressed', choices[at][0] === n))
      place.setAttribute('aria-busy', true)
      const filters = { stars: n, language: host.getAttribute('language') }
      const got = await ask(address(host, 'reviews', filters)).catch(() => null)
      if (signal.aborted || mine !== turn) return
      place.removeAttribute('aria-busy')
      if (!got) return
      note.textContent = got.words.filter || ''
      place.replaceChildren(list(got, some(got, host)))
      place.scrollTop = 0
    }
    const buttons = choices.map(([n, name]) => button({ 'aria-pressed': given === n }, () => choose(n), signal, name))
    const note = h('p', { class: 'note', 'aria-live': 'polite' }, d.words.filter)
    return stream(d, top({ ...d, words: { ...d.words, filter: null } }, h('div', { class: 'choose', role: 'group', 'aria-label': d.words.latest }, buttons), note), place)
  }

  // A row of cards: pushed by its buttons, by scrolling or by the arrow keys; with `moving` it goes on by itself, until
  // somebody points at it, enters it, stops it or looks away. Where less motion is wanted it never moves.
  const row = moving => (d, host, signal) => {
    const all = some(d, host)
    if (!all.length) return stream(d, top(d), none(d))
    const track = h('ul', { class: 'row', role: 'list', tabindex: 0, 'aria-label': d.words.latest }, items(d, all))
    const step = () => track.firstChild.getBoundingClientRect().width + 12
    const push = (by, round) => {
      const last = track.scrollWidth - track.clientWidth
      const to = track.scrollLeft + by * Math.max(step(), Math.floor(track.clientWidth / step()) * step())
      track.scrollTo({ left: round && track.scrollLeft >= last - 2 ? 0 : to })
    }
    const hands = h('div', { class: 'hands' },
      button({ 'aria-label': d.words.previous }, () => push(-1), signal, sign('M15 5l-7 7 7 7')),
      button({ 'aria-label': d.words.next }, () => push(1), signal, sign('M9 5l7 7-7 7')))
    const calm = matchMedia('(prefers-reduced-motion: reduce)')
    const whole = stream(d, top(d, hands), h('div', { class: 'hold' }, track))
    if (moving && !calm.matches) turn(d, whole, hands, track, signal, calm, () => push(1, true))
    if (moving) whole.setAttribute('aria-roledescription', 'carousel')
    return whole
  }
  const turn = (d, whole, hands, track, signal, calm, push) => {
    let stopped = false, held = 0
    const label = () => stop.setAttribute('aria-label', stopped ? d.words.play : d.words.pause)
    const stop = button({}, () => { stopped = !stopped; show() }, signal)
    const show = () => {
      label()
      stop.replaceChildren(sign(stopped ? 'M8 5l11 7-11 7z' : 'M9 5v14M15 5v14'))
      // Silent while it moves; once it stands, what its buttons bring is read out.
      track.setAttribute('aria-live', stopped ? 'polite' : 'off')
    }
    const hold = by => () => { held = Math.max(0, held + by) }
    show()
    hands.prepend(stop)
    whole.addEventListener('pointerenter', hold(1), { signal })
    whole.addEventListener('pointerleave', hold(-1), { signal })
    let inside = false
    whole.addEventListener('focusin', () => { inside = true }, { signal })
    whole.addEventListener('focusout', event => { inside = whole.contains(event.relatedTarget) }, { signal })
    calm.addEventListener('change', () => { stopped = stopped || calm.matches; show() }, { signal })
    const timer = setInterval(() => { if (!stopped && !held && !inside && !document.hidden) push() }, 6000)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  const quote = d => {
    const r = d.reviews.find(one => one.text || one.title)
    if (!r) return stream(d, top(d), none(d))
    return h('figure', { class: 'quote', ...named(d) }, stars(r.stars, r.rating),
      h('blockquote', {}, r.title && h('p', {}, text('b', null, r.language, r.title)), text('p', 'said', r.language, r.text)),
      h('figcaption', { class: 'meta' }, h('b', { dir: 'auto' }, r.author), h('time', { datetime: r.published_on }, r.date),
        h('a', { href: r.url, 'aria-label': `${d.words.read_on}: ${r.title || r.author}` }, d.words.read_on)),
      d.words.filter && h('p', { class: 'note' }, d.words.filter), !gone(d) && h('p', {}, count(d)), foot(d))
  }

  // Opens over the page and moves nothing: by click or key, closed by the same, by Escape or by a click elsewhere.
  const over = corner => (d, host, signal) => {
    const panel = h('div', { class: 'panel', id: 'panel', hidden: '', ...named(d) }, top(d), scroll(d, list(d, some(d, host))),
      h('a', { href: d.url }, d.words.all))
    const set = open => {
      panel.hidden = !open
      opener.setAttribute('aria-expanded', open)
    }
    const shut = () => { if (!panel.hidden) { set(false); opener.focus() } }
    const opener = button({ class: 'open', 'aria-expanded': false, 'aria-controls': 'panel' }, () => set(panel.hidden), signal,
      d.words.state ? [seal(), d.words.state] : [seal(), stars(d.stars), h('b', {}, d.words.score)],
      h('span', { class: 'vh' }, ` ${d.words.certified}. ${d.words.show}`))
    panel.append(button({ class: 'end' }, shut, signal, d.words.close))
    document.addEventListener('pointerdown', event => { if (!event.composedPath().includes(host)) set(false) }, { signal })
    host.shadowRoot.addEventListener('keydown', event => { if (event.key === 'Escape') shut() }, { signal })
    const side = host.getAttribute('side') === 'start' ? ' start' : ''
    return h('div', { class: (corner ? 'corner' : 'root') + side }, opener, panel)
  }

  const plain = className => (d, host) => stream(d, top(d), scroll(d, list(d, some(d, host), className)))
  return {
    sheet,
    draw: {
      list: plain(), grid: plain('grid'), filtered, slider: row(false), carousel: row(true), quote,
      dropdown: over(false), floating: over(true), 'product-reviews': plain()
    }
  }
}

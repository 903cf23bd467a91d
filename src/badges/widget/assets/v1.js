// Attesta widgets, version 1: draws a shop's certified score where a page says <attesta-widget shop="…" kind="…">.
// Micro and summary kinds are here; the others come in a second file, when a page has one of them.
// It keeps nothing, counts nobody, and asks no host but its own. Texts become text nodes: there is no innerHTML, no
// eval and no style attribute. When anything fails, the link inside the tag stays.
(() => {
  'use strict'
  const own = document.currentScript || document.querySelector('script[src*="/w/v1."]')
  if (!own || customElements.get('attesta-widget') || !document.adoptedStyleSheets) return
  const base = new URL('.', own.src).href
  const STARS = '__STARS__'
  const SEAL = '__SEAL__'

  const style = text => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  }
  const sheet = style('__CSS__')

  // Elements: names and attributes are ours, children are nodes or text; what is empty is left out.
  const fill = (el, attributes, kids) => {
    for (const name in attributes) if (attributes[name] != null) el.setAttribute(name, attributes[name])
    el.append(...kids.flat(9).filter(kid => kid != null && kid !== '' && kid !== false))
    return el
  }
  const h = (name, attributes, ...kids) => fill(document.createElement(name), attributes, kids)
  const s = (name, attributes, ...kids) => fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, kids)

  // Five stars with halves; with a label they are one picture for who hears them, else decoration.
  const stars = (n, label) => s('svg', { class: 'stars', viewBox: '0 0 120 24', ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true }) },
    s('path', { class: 'off', d: STARS }),
    s('svg', { width: n * 24, height: 24, viewBox: `0 0 ${n * 24} 24` }, s('path', { class: 'on', d: STARS })))
  const seal = () => s('svg', { class: 'seal', viewBox: '0 0 32 32', 'aria-hidden': true }, s('path', { 'fill-rule': 'evenodd', d: SEAL }))

  const line = (d, ...kids) => h('a', { class: 'line', href: d.url, title: d.words.label }, kids,
    h('span', { class: 'vh' }, ' ' + d.words.certified))
  // In one line; a shop that has no score to show says why.
  const micro = draw => d => line(d, d.words.state ? [seal(), h('span', {}, d.words.state)] : draw(d, d.words))
  const group = (d, name, ...kids) => h('div', { class: 'card ' + name, role: 'group', 'aria-label': d.words.certified }, kids)
  const rated = d => h('p', { class: 'rated' }, stars(d.stars, d.words.out_of), d.review_count > 0 && h('b', { 'aria-hidden': true }, d.words.score))
  const count = d => h('a', { href: d.url }, d.words.count)
  const foot = d => h('p', { class: 'foot' }, seal(), h('span', {}, 'Attesta'), h('span', {}, d.words.as_of),
    h('a', { href: d.verification.policy_url }, d.words.how))
  const verdict = d => h('p', { class: 'h' }, d.words.state || d.words.verdict)
  const bars = d => h('ul', { class: 'bars' }, [5, 4, 3, 2, 1].map(n => h('li', {},
    h('span', {}, n + ' ★'),
    s('svg', { class: 'bar', viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': true },
      s('rect', { class: 'rail', width: 100, height: 8 }),
      s('rect', { class: 'fill', width: 100 * d.tally[n] / Math.max(1, d.review_count), height: 8 })),
    h('span', {}, d.tally[n]))))
  const gone = d => d.shop.status !== 'open'

  const combo = micro((d, w) => [stars(d.stars), h('b', {}, w.score), h('span', {}, w.count)])
  const tall = d => group(d, 'tall', d.product && d.product.name && h('p', { dir: 'auto' }, d.product.name), verdict(d),
    !gone(d) && [d.review_count > 0 && h('p', { class: 'big', 'aria-hidden': true }, d.words.score), stars(d.stars, d.words.out_of), count(d), bars(d)], foot(d))
  const draw = {
    stars: micro((d, w) => [h('b', {}, w.verdict), stars(d.stars, w.out_of)]),
    score: micro((d, w) => [seal(), h('span', {}, w.out_of)]),
    count: micro((d, w) => [seal(), h('span', {}, w.count)]),
    combo,
    button: d => {
      const link = line(d, seal(), h('span', {}, d.words.state || d.words.read))
      link.className += ' push'
      return link
    },
    mini: d => group(d, 'mini', verdict(d), !gone(d) && [rated(d), count(d)], foot(d)),
    horizontal: d => group(d, 'band', d.review_count > 0 && !gone(d) && h('b', { class: 'big', 'aria-hidden': true }, d.words.score),
      !gone(d) && stars(d.stars, d.words.out_of), verdict(d), !gone(d) && count(d), foot(d)),
    vertical: tall,
    'product-stars': combo,
    'product-summary': tall,
    collector: d => group(d, 'collect', h('p', { class: 'h' }, d.words.collect_title), h('p', {}, d.words.collect), foot(d))
  }

  // Widgets that show the same share one request.
  const asked = new Map()
  const ask = url => {
    if (!asked.has(url)) {
      const got = fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }).then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
      got.catch(() => asked.delete(url))
      asked.set(url, got)
    }
    return asked.get(url)
  }
  const address = (el, name, filters) => {
    const query = new URLSearchParams()
    const of = key => el.getAttribute(key) || ''
    const spoken = of('locale') || (el.closest('[lang]') || {}).lang || ''
    if (spoken) query.set('locale', spoken.slice(0, 2).toLowerCase())
    for (const key in filters) if (filters[key]) query.set(key, filters[key])
    if (of('sku')) query.set('sku', of('sku'))
    return `${base}${encodeURIComponent(of('shop'))}/${name}.json?${query}`
  }

  // The second file is checked against its hash where the browser can, and fetched once.
  let second
  const more = () => second ||= new Promise((done, failed) => {
    const link = h('link', { rel: 'modulepreload', href: base + '__MORE__', integrity: '__MORE_HASH__', crossorigin: '' })
    link.onload = done
    link.onerror = failed
    if (!link.relList.supports('modulepreload')) return done()
    document.head.append(link)
  }).then(() => import(base + '__MORE__')).then(file => file.default({ h, s, stars, seal, rated, count, foot, verdict, gone, ask, address, style }))

  // Reviews are fetched when their place comes near the window.
  const near = (el, signal) => new Promise(done => {
    const eye = new IntersectionObserver(seen => {
      if (seen.some(place => place.isIntersecting)) eye.disconnect(), done()
    }, { rootMargin: '50%' })
    signal.addEventListener('abort', () => eye.disconnect())
    eye.observe(el)
  })

  class Widget extends HTMLElement {
    static observedAttributes = ['shop', 'kind', 'locale', 'language', 'stars', 'sku', 'min-count', 'reviews', 'side']
    #root = this.attachShadow({ mode: 'open' })
    #now = new AbortController()

    constructor() {
      super()
      this.#root.adoptedStyleSheets = [sheet]
      this.#root.append(h('slot'))
    }

    connectedCallback() { this.#draw() }
    disconnectedCallback() { this.#now.abort() }
    attributeChangedCallback() { if (this.isConnected) this.#draw() }

    async #draw() {
      this.#now.abort()
      const { signal } = this.#now = new AbortController()
      // Attributes that change together are drawn once.
      await null
      if (signal.aborted) return
      let shown = [h('slot')]
      try {
        const kind = this.getAttribute('kind') || 'mini'
        const least = Number(this.getAttribute('min-count'))
        let view = Object.hasOwn(draw, kind) && draw[kind]
        if (!view) await near(this, signal)
        if (/^product-/.test(kind) && !this.getAttribute('sku')) throw kind
        const filters = { stars: this.getAttribute('stars'), language: this.getAttribute('language') }
        const [data, rest] = await Promise.all([ask(view ? address(this, 'summary') : address(this, 'reviews', filters)), view || more()])
        if (!view) {
          this.#root.adoptedStyleSheets = [sheet, rest.sheet]
          view = Object.hasOwn(rest.draw, kind) && rest.draw[kind]
        }
        if (!(data.review_count < least)) shown = [h('div', { class: 'root', lang: data.locale, dir: 'ltr' }, view(data, this, signal))]
      } catch { /* the link stays */ }
      if (!signal.aborted) this.#root.replaceChildren(...shown)
    }
  }
  customElements.define('attesta-widget', Widget)
})()

// The gallery with scripts: options act at once on what is shown and on what is copied; without them the form does.
const form = document.querySelector('.options')
const NAMES = ['theme', 'locale', 'stars', 'language', 'min-count']
const escaped = text => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;')

const written = widget => {
  const attributes = [...widget.attributes].map(one => ` ${one.name}="${escaped(one.value)}"`).join('')
  const link = widget.querySelector('a')
  return `<attesta-widget${attributes}><a href="${escaped(link.href)}">${escaped(link.textContent)}</a></attesta-widget>`
}

form.addEventListener('change', event => {
  if (!NAMES.includes(event.target.name)) return form.submit()
  for (const widget of document.querySelectorAll('attesta-widget')) {
    for (const name of NAMES) {
      const value = form.elements[name].value
      if (value) widget.setAttribute(name, value)
      else widget.removeAttribute(name)
    }
    const kind = widget.closest('.kind')
    if (!kind) continue
    widget.parentElement.className = `stage ${form.elements.theme.value}`
    kind.querySelector('.tag').textContent = written(widget)
  }
  history.replaceState(null, '', '?' + new URLSearchParams([...new FormData(form)].filter(([, value]) => value)))
})

for (const code of document.querySelectorAll('main pre > code')) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'copy plain'
  button.textContent = form.dataset.copy
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.textContent)
    button.textContent = form.dataset.copied
  })
  code.parentElement.after(button)
}

// Sets the theme before the first paint; a file of its own because the page's policy allows no inline script.
;(function () {
  var chosen = null
  try {
    chosen = localStorage.getItem('tocsin.theme')
  } catch {
    // Storage may be off: follow the system
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()

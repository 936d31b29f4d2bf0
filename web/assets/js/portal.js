// What script adds to the citizens' pages: a form is not sent twice by a second tap, a file
// that is too large is said at once, errors get the focus, and a pretend phone rings without
// reloading. Every page does its work without this file.

const all = (selector, from = document) => [...from.querySelectorAll(selector)]

for (const form of all('form')) {
	const button = form.querySelector('[data-once]')
	if (button) form.addEventListener('submit', () => setTimeout(() => { button.disabled = true }))
}
addEventListener('pageshow', () => { for (const b of all('[data-once]')) b.disabled = false })

for (const box of all('.p-files')) box.addEventListener('change', e => {
	const f = e.target.files?.[0]
	e.target.setCustomValidity(f && f.size > 20 * 1024 * 1024 ? box.dataset.most : '')
	if (!e.target.reportValidity()) e.target.value = ''
})

all('[data-focus]')[0]?.focus()
for (const el of all('[data-noscript]')) el.hidden = true

// The pretend phones: news come by a stream; the page is fetched anew and its parts put in
// place, but for what is being typed.
const bottom = () => { const t = document.getElementById('thread'); if (t) t.scrollTop = t.scrollHeight }
bottom()
const phones = document.getElementById('phones')
if (phones) {
	const line = new EventSource(phones.dataset.phones)
	line.addEventListener('mark', async e => {
		if (e.data === phones.dataset.mark) return
		const fresh = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html').getElementById('phones')
		if (!fresh) return
		const box = document.getElementById('f-words'), typed = box?.value, there = document.activeElement === box
		phones.replaceChildren(...fresh.childNodes)
		phones.dataset.mark = fresh.dataset.mark
		for (const el of all('[data-noscript]', phones)) el.hidden = true
		const again = document.getElementById('f-words')
		if (again && typed) again.value = typed
		if (again && there) again.focus()
		bottom()
	})
	addEventListener('pagehide', () => line.close())
}

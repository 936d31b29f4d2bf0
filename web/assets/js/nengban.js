// What scripts add to the desk's pages: shortcuts, drafts that save themselves, news of a
// ticket that is open, and a few steps saved. Every page does its work without this file.

const all = (selector, from = document) => [...from.querySelectorAll(selector)]
const typing = el => el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable)

// Shortcuts: data-key="alt+p" on a control focuses it, on a button or link presses it.
// "?" (or Alt+/ while typing) shows all of the page. Codes, not letters: an input method
// for Chinese may be on.
const codeOf = key => ({ enter: 'Enter', '/': 'Slash' })[key] ?? (/^\d$/.test(key) ? 'Digit' + key : 'Key' + key.toUpperCase())
const codeIn = e => (e.code ?? '').replace('Numpad', 'Digit') // the digits at the side are digits too

function matches(e, combo) {
	const parts = combo.split('+'), key = parts.pop()
	return codeIn(e) === codeOf(key) && e.altKey === parts.includes('alt') && e.ctrlKey === parts.includes('ctrl') && !e.metaKey && !e.shiftKey
}

function use(el) {
	const closed = el.closest('details:not([open])')
	if (closed && !el.matches('summary')) closed.open = true
	if (el.matches('summary')) {
		el.parentElement.open = true
		el.scrollIntoView({ block: 'nearest' })
		const first = el.parentElement.querySelector('input:not([type=hidden]), textarea, select') ?? el.parentElement.querySelector('form button')
		;(first ?? el).focus()
	} else if (el.matches('a, button, input[type=checkbox]')) el.click()
	else if (el.matches('fieldset')) (el.querySelector('input:checked') ?? el.querySelector('input')).focus()
	else { el.focus(); el.select?.() }
}

function says(el) {
	if (el.dataset.keySays) return el.dataset.keySays
	const label = (el.labels?.[0] ?? el).cloneNode(true)
	for (const kbd of all('kbd', label)) kbd.remove()
	return label.textContent.trim() || el.placeholder
}

function showKeys() {
	const dialog = document.getElementById('keys')
	if (!dialog || dialog.open) return
	const rows = all('[data-key]').filter(el => el.offsetParent !== null || el.closest('details')).map(el => {
		const tr = document.createElement('tr'), key = document.createElement('td'), what = document.createElement('td')
		for (const part of el.dataset.key.split('+')) {
			const kbd = document.createElement('kbd')
			kbd.textContent = part === 'enter' ? 'Enter' : part.length > 1 ? part[0].toUpperCase() + part.slice(1) : part.toUpperCase()
			key.append(kbd, ' ')
		}
		what.textContent = says(el)
		tr.append(key, what)
		return tr
	})
	dialog.querySelector('tbody').replaceChildren(...rows)
	dialog.showModal()
}

document.addEventListener('keydown', e => {
	if (e.isComposing) return
	const inField = typing(document.activeElement)
	if (e.altKey && e.code === 'Slash' || !inField && e.key === '?') { e.preventDefault(); return showKeys() }
	if (e.ctrlKey && e.code === 'Enter' && document.activeElement?.form) {
		const form = document.activeElement.form
		if (!form.querySelector('[data-key="ctrl+enter"]')) { e.preventDefault(); return form.requestSubmit() }
	}
	for (const el of all('[data-key]')) {
		const plain = !el.dataset.key.includes('+')
		if (plain && inField || el.closest('[hidden]')) continue
		if (matches(e, el.dataset.key)) { e.preventDefault(); return use(el) }
	}
	if (!inField && !e.ctrlKey && !e.altKey && !e.metaKey) walk(e)
})
for (const b of all('[data-keys-open]')) { b.hidden = false; b.addEventListener('click', showKeys) }

// J and K walk through the rows of all lists on a page, Enter opens the one.
function walk(e) {
	const step = { KeyJ: 1, ArrowDown: 1, KeyK: -1, ArrowUp: -1 }[e.code]
	const links = all('[data-rows] tbody tr').map(tr => tr.querySelector('a')).filter(Boolean)
	if (!step || !links.length) return
	const at = links.indexOf(document.activeElement)
	if (at < 0 && e.code.startsWith('Arrow')) return // the arrows scroll until a row is chosen
	e.preventDefault()
	links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + step))].focus()
}
for (const table of all('[data-rows]')) {
	table.addEventListener('click', e => {
		const tr = e.target.closest('tbody tr')
		if (tr && !e.target.closest('a, button, label, input') && !getSelection().toString()) tr.querySelector('a')?.click()
	})
}

// Drafts: a form with data-draft saves itself a moment after the last key. Sending the form
// stops that: a late draft must not come back from the dead.
for (const form of all('form[data-draft]')) {
	let wait, stop, last = ''
	const body = () => new URLSearchParams([...new FormData(form)].filter(([k, v]) => k !== 'version' && typeof v === 'string'))
	const save = async () => {
		const now = body()
		if (now.toString() === last) return
		last = now.toString()
		stop = new AbortController()
		try {
			const answer = await fetch(form.dataset.draft, { method: 'POST', body: now, signal: stop.signal, headers: { 'HX-Request': 'true' } })
			const note = document.querySelector('[data-draft-says]')
			if (answer.ok && note) note.textContent = note.dataset.draftSays + ' ' + new Date().toTimeString().slice(0, 5)
		} catch { last = '' } // no line: the next key tries again
	}
	last = body().toString()
	form.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(save, 1500) })
	form.addEventListener('submit', () => { clearTimeout(wait); stop?.abort() })
	document.addEventListener('visibilitychange', () => {
		const now = body()
		if (document.visibilityState === 'hidden' && now.toString() !== last && !form.dataset.sent) navigator.sendBeacon(form.dataset.draft, now)
	})
	form.addEventListener('submit', () => { form.dataset.sent = 'yes' })
}

// Live: tells that the ticket was changed; what is typed stays. Only the tab in front keeps
// the line open, since a browser has few.
for (const note of all('[data-live]')) {
	let line
	const open = () => {
		if (line || document.visibilityState !== 'visible') return
		line = new EventSource(note.dataset.live)
		const show = (version, words) => {
			if (version <= Number(note.dataset.version)) return
			if (words) note.querySelector('span').textContent = words
			note.hidden = false
		}
		line.addEventListener('open', e => { if (e.data) show(Number(e.data), note.querySelector('span').textContent) })
		line.addEventListener('changed', e => { const c = JSON.parse(e.data); show(c.version, c.words) })
	}
	const close = () => { line?.close(); line = undefined }
	document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' ? open() : close())
	addEventListener('pagehide', close)
	open()
}

// A caller in clear goes from the screen when his time is over or somebody has seen enough,
// also from a page that the browser kept; what is typed elsewhere on it stays.
for (const box of all('[data-clear-left]')) {
	const end = Date.now() + Number(box.dataset.clearLeft) * 1000, says = box.querySelector('[data-clear-says]')
	const cover = () => { for (const el of all('[data-clear]:not(dl), dl[data-clear] dd')) el.textContent = '••••' }
	const look = () => {
		const left = Math.ceil((end - Date.now()) / 60000)
		if (left > 0) return says.textContent = says.dataset.clearSays.replace('%', left)
		clearInterval(tick)
		cover()
		for (const el of all('[data-clear-left], [data-clear-tag]')) el.remove()
		document.querySelector('[data-clear-over]').hidden = false
	}
	const tick = setInterval(look, 1000)
	addEventListener('pageshow', look)
	document.addEventListener('visibilitychange', look)
	box.querySelector('form').addEventListener('submit', cover)
}

// In the intake form Enter goes on to the next field: whoever types while listening must not
// send half a matter. Ctrl+Enter sends.
document.getElementById('intake')?.addEventListener('keydown', e => {
	if (e.key !== 'Enter' || e.ctrlKey || e.isComposing || !e.target.matches('input:not([type=checkbox]):not([type=radio])')) return
	e.preventDefault()
	const fields = all('input:not([type=hidden]), select, textarea', e.currentTarget).filter(f => f.offsetParent !== null)
	fields[fields.indexOf(e.target) + 1]?.focus()
})

// Digits choose within a group of choices, and go on to the next one: whoever has a telephone
// in one hand needs no more than the other.
for (const group of all('[data-digits]')) {
	group.addEventListener('keydown', e => {
		const choices = all('input', group), n = /^(?:Digit|Numpad)(\d)$/.exec(e.code)?.[1]
		if (!n || !choices[n - 1] || e.altKey || e.ctrlKey || e.metaKey) return
		e.preventDefault()
		e.stopPropagation()
		choices[n - 1].checked = true
		const fields = all('[data-digits], textarea', group.form), next = fields[fields.indexOf(group) + 1]
		;(next?.querySelector('input') ?? next)?.focus()
	})
}

// Fill: a suggestion that is clicked puts its words into the form around it.
function fill(form, values) {
	for (const [name, value] of Object.entries(values)) {
		const fields = all(`[name="${CSS.escape(name)}"]`, form)
		const wanted = value.split(',')
		for (const f of fields) {
			if (f.type === 'checkbox' || f.type === 'radio') f.checked = f.type === 'radio' ? f.value === value : wanted.includes(f.value)
			else if (value !== '') f.value = value
		}
	}
	form.dispatchEvent(new Event('input', { bubbles: true }))
}
document.addEventListener('click', e => {
	const helper = e.target.closest('.helper')
	if (helper?.closest('form') && !e.target.closest('a[target]')) {
		const values = {}
		for (const [k, v] of Object.entries(helper.dataset)) if (k.startsWith('fill')) values[k.slice(4, 5).toLowerCase() + k.slice(5)] = v
		if (!Object.keys(values).length) return
		e.preventDefault()
		fill(helper.closest('form'), values)
	}
	const answer = e.target.closest('[data-use]')
	if (answer?.form) {
		e.preventDefault()
		fill(answer.form, { answer_text: answer.dataset.use, answer_basis: answer.dataset.useBasis, answer_article: answer.dataset.useArticle })
		const box = document.getElementById('answer')
		if (box) { box.open = true; box.querySelector('textarea').focus() }
	}
})

// A table that is wider than its place is scrolled by keyboard too.
for (const box of all('.table-wrap')) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0

// Long lists of departments are filtered as one types.
for (const box of all('[data-filter]')) {
	box.hidden = false
	box.addEventListener('input', () => {
		const want = box.value.trim().toLowerCase()
		for (const label of all('label', box.parentElement)) label.hidden = want !== '' && !label.textContent.toLowerCase().includes(want) && !label.querySelector('input').checked
	})
}

// Where there is script, the buttons that stand in for it are not needed.
for (const el of all('[data-noscript]')) el.hidden = true

for (const el of all('kbd[data-hint]')) { el.hidden = false; el.title = 'Alt+' + el.textContent.toUpperCase() }

// What went wrong gets the focus; an address with #act-… opens that act.
all('[data-focus]')[0]?.focus()
const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
if (target?.tagName === 'DETAILS') { target.open = true; target.querySelector('textarea, input:not([type=hidden]), select')?.focus() }

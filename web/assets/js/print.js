// The print button of a print-out; without script the browser's own menu does.
for (const b of document.querySelectorAll('[data-print]')) {
	b.hidden = false
	b.addEventListener('click', () => print())
}

// Signing with finger, pen or mouse: what is drawn goes as the path of a 600 × 200 picture into the hidden field. One element for staff and customers alike.
const width = 600, height = 200, longest = 12000;

class SignaturePad extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    const svg = this.querySelector('svg'), path = svg.querySelector('path'), field = this.querySelector('input');
    let drawing = null, last = null;

    const point = event => {
      const box = svg.getBoundingClientRect();
      const x = Math.round((event.clientX - box.left) * width / box.width), y = Math.round((event.clientY - box.top) * height / box.height);
      return [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    };
    const show = () => { field.value.length ? path.setAttribute('d', field.value) : path.removeAttribute('d'); };
    const add = (letter, [x, y]) => {
      const more = `${letter}${x} ${y}`;
      if (field.value.length + more.length > longest) return;
      field.value += more;
      last = [x, y];
      show();
    };

    svg.addEventListener('pointerdown', event => {
      if (event.button !== 0 || drawing !== null) return;
      event.preventDefault();
      drawing = event.pointerId;
      try { svg.setPointerCapture(drawing); } catch { /* a pointer that is gone draws on without */ }
      add('M', point(event));
    });
    svg.addEventListener('pointermove', event => {
      if (event.pointerId !== drawing) return;
      const all = event.getCoalescedEvents?.() ?? [];
      for (const one of all.length ? all : [event]) {
        const at = point(one);
        if (Math.abs(at[0] - last[0]) + Math.abs(at[1] - last[1]) >= 3) add('L', at);
      }
    });
    for (const end of ['pointerup', 'pointercancel']) svg.addEventListener(end, event => {
      if (event.pointerId !== drawing) return;
      drawing = null;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    });
    this.querySelector('[data-clear]').addEventListener('click', () => { field.value = ''; show(); });
    show();
  }
}

if (!customElements.get('signature-pad')) customElements.define('signature-pad', SignaturePad);

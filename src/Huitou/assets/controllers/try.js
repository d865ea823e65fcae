import { Controller } from '@hotwired/stimulus';

// The form of an operation on the page of the API: sends it as the signed-in person and shows what came back.
export default class extends Controller {
    static targets = ['answer'];
    static values = { method: String, path: String, failed: String };

    async send(event) {
        event.preventDefault();
        const fields = new FormData(this.element);
        const query = new URLSearchParams();
        let path = this.pathValue;
        for (const [name, value] of fields) {
            if (name === 'body') continue;
            if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(value));
            else if (value !== '') query.set(name, value);
        }
        const headers = { Accept: 'application/json', 'X-Huitou': '1' };
        const body = fields.get('body');
        if (body !== null) headers['Content-Type'] = 'application/json';
        if (this.methodValue !== 'GET') headers['Idempotency-Key'] = crypto.randomUUID();
        this.answerTarget.hidden = false;
        try {
            const response = await fetch(query.size ? `${path}?${query}` : path, { method: this.methodValue, headers, body: body ?? undefined });
            const text = await response.text();
            let shown = text;
            if (response.headers.get('Content-Type')?.includes('json') && text) shown = JSON.stringify(JSON.parse(text), null, 2);
            this.answerTarget.textContent = `${response.status} ${response.statusText}\n${shown}`;
        } catch {
            this.answerTarget.textContent = this.failedValue;
        }
    }
}

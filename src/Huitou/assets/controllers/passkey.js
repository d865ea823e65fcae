import { Controller } from '@hotwired/stimulus';

// Asks the device for a passkey (get) or has it make one (create); the answer goes along with the form.
// Options come from the server by POST, guarded by the form's own token. Without the browser's support the button stays hidden.
export default class extends Controller {
  static targets = ['button', 'credential', 'error'];
  static values = { options: String, failed: String };

  connect() {
    this.buttonTarget.hidden = typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON !== 'function';
  }

  async get() {
    await this.#ask(options => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }));
  }

  async create() {
    await this.#ask(options => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }));
  }

  async #ask(device) {
    this.errorTarget.hidden = true;
    try {
      const token = this.element.querySelector('input[name="__RequestVerificationToken"]').value;
      const answer = await fetch(this.optionsValue, { method: 'POST', headers: { 'X-Form-Token': token, Accept: 'application/json' }, credentials: 'same-origin' });
      if (!answer.ok) throw new DOMException('The server gave no options.', 'NotAllowedError');
      this.credentialTarget.value = JSON.stringify(await device(await answer.json()));
    } catch (error) {
      // NotAllowedError and its kin: the person closed the question, or the device knows no passkey of this address.
      if (!(error instanceof DOMException || error instanceof TypeError || error instanceof SyntaxError)) throw error;
      this.errorTarget.textContent = this.failedValue;
      this.errorTarget.hidden = false;
      return;
    }
    this.element.noValidate = true;
    this.element.requestSubmit();
  }
}

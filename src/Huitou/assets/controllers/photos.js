import { Controller } from '@hotwired/stimulus';

// Keeps chosen pictures on this device until the form was sent: <div data-controller="photos" data-photos-key-value="mystery-…"> around the file input.
// A shopper in a cellar without network loses none; what was chosen stands in the field again when the page is opened again.
// Pictures are made smaller first, as a weak network would take minutes for them, and when each was taken goes along.
const LONGEST = 1600;
const QUALITY = 0.82;

async function shrunk(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
    if (!made || made.size >= file.size) return file;
    return new File([made], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg', lastModified: file.lastModified });
  } catch {
    return file; // what the browser cannot read goes as it is
  }
}

export default class extends Controller {
  static values = { key: String };
  static targets = ['note', 'taken'];

  async connect() {
    this.input = this.element.querySelector('input[type=file]');
    this.chosen = () => this.keep();
    this.sent = event => {
      if (event.target === this.input.form && event.detail.success) this.write([]);
    };
    this.input.addEventListener('change', this.chosen);
    document.addEventListener('turbo:submit-end', this.sent);
    const files = await this.read();
    if (files.length === 0 || this.input.files.length > 0) return;
    const back = new DataTransfer();
    for (const { name, type, bytes, taken } of files) back.items.add(new File([bytes], name, { type, lastModified: taken }));
    this.put(back);
    this.tell(files.length);
  }

  disconnect() {
    this.input.removeEventListener('change', this.chosen);
    document.removeEventListener('turbo:submit-end', this.sent);
  }

  put(files) {
    this.input.files = files.files;
    if (this.hasTakenTarget) this.takenTarget.value = [...this.input.files].map(file => file.lastModified).join(',');
  }

  async keep() {
    const small = new DataTransfer();
    for (const file of [...this.input.files]) small.items.add(await shrunk(file));
    this.put(small);
    const files = await Promise.all([...this.input.files].map(async file => ({ name: file.name, type: file.type, bytes: await file.arrayBuffer(), taken: file.lastModified })));
    if (await this.write(files)) this.tell(files.length);
  }

  tell(count) {
    if (!this.hasNoteTarget) return;
    this.noteTarget.hidden = count === 0;
    this.noteTarget.textContent = this.noteTarget.dataset.words.replace('{0}', count);
  }

  read() {
    return this.#use('readonly', store => store.get(this.keyValue)).then(found => found && Date.now() - found.at < 7 * 86_400_000 ? found.files : [], () => []);
  }

  // False where the device keeps nothing (a private window): the field still has them.
  write(files) {
    return this.#use('readwrite', store => (files.length === 0 ? store.delete(this.keyValue) : store.put({ at: Date.now(), files }, this.keyValue))).then(() => true, () => false);
  }

  #use(mode, act) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open('ht-photos', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const trade = opening.result.transaction('kept', mode);
        const asked = act(trade.objectStore('kept'));
        trade.oncomplete = () => {
          opening.result.close();
          resolve(asked.result);
        };
        trade.onabort = () => reject(trade.error);
      };
    });
  }
}

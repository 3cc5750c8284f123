// Documents that are chosen, dropped or pasted are sent at once, each with its progress; the form
// then names them. Without scripts they are sent with the form.
const KINDS = { 413: "large", 415: "kind", 422: "kind" };

const made = (tag, attributes, text = "") => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
};

const sendWith = (field, file, kind, onProgress) =>
  new Promise((resolve, reject) => {
    const body = new FormData();
    body.append("form_token", field.closest("form").elements.form_token.value);
    body.append("kind", kind);
    body.append("documents", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", field.dataset.upload);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded / event.total));
    request.addEventListener("error", () => reject(new Error("failed")));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(request.response.evidence_id);
      else reject(new Error(KINDS[request.status] ?? "failed"));
    });
    request.send(body);
  });

const begin = (field, alone) => {
  const form = field.closest("form");
  const input = field.querySelector("input[type=file]");
  const list = field.querySelector("ul");
  const words = field.dataset;
  let underWay = 0;
  let held = null;

  const take = async (file) => {
    const kind = form.elements.kind?.value ?? "other";
    const item = made("li", {});
    const bar = made("progress", { max: 1, value: 0, "aria-label": file.name });
    const told = made("span", { class: "help" }, words.sending);
    item.append(made("bdi", {}, file.name), " ", bar, " ", told);
    list.append(item);
    underWay += 1;
    try {
      const sent = await sendWith(field, file, kind, (share) => { bar.value = share; });
      item.append(made("input", { type: "hidden", name: "evidence", value: `${sent}:${kind}` }));
      told.textContent = words.kept;
    } catch (error) {
      told.textContent = words[error.message];
      item.classList.add("wrong");
    }
    bar.remove();
    const remove = made("button", { type: "button", class: "quiet" }, words.remove);
    remove.setAttribute("aria-label", `${words.remove}: ${file.name}`);
    remove.addEventListener("click", () => {
      item.remove();
      input.focus();
    });
    item.append(" ", remove);
    underWay -= 1;
    if (!underWay && held) {
      const submitter = held;
      held = null;
      if (!list.querySelector(".wrong")) form.requestSubmit(submitter);
    }
  };

  const takeAll = (files) => [...files].forEach(take);
  field.querySelector(".hint").hidden = false;
  input.addEventListener("change", () => {
    takeAll(input.files);
    input.value = "";
  });
  for (const name of ["dragover", "drop"]) {
    field.addEventListener(name, (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      if (name === "drop") takeAll(event.dataTransfer.files);
    });
  }
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (!files.length || !(alone || form.contains(document.activeElement))) return;
    event.preventDefault();
    takeAll(files);
  });
  form.addEventListener("submit", (event) => {
    if (!underWay) return;
    // What is still on its way goes along: the form is sent as soon as all is there.
    event.preventDefault();
    held = event.submitter;
  });
};

const fields = document.querySelectorAll("[data-upload]");
fields.forEach((field) => begin(field, fields.length === 1));

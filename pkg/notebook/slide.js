const at = Number(this.value), data = this.dataset, value = data.values.split("\n")[at];
const lines = data.lines.split("\n"), svg = data.pictures.split("\n")[at].split(" ").map(n => lines[n]).join("\n");
const slider = this.closest(".unstuck-slider"), area = slider.closest(".jp-OutputArea");
let image = area && [...area.querySelectorAll("img")].find(i => slider.compareDocumentPosition(i) & Node.DOCUMENT_POSITION_FOLLOWING);
if (!image && (image = slider.nextElementSibling)?.tagName !== "IMG") slider.after(image = new Image());
image.src = "data:image/svg+xml," + encodeURIComponent(svg);
image.alt = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement.getAttribute("aria-label");
slider.querySelector("output").value = value;
this.setAttribute("aria-valuetext", value);

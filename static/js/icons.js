// The drawings of static/icons.svg, whose address the page's own icons know.

const NAMESPACE = "http://www.w3.org/2000/svg";

export function drawIcon(name, extra = "") {
  const [file] = document.querySelector(".icon use").getAttribute("href").split("#");
  const icon = document.createElementNS(NAMESPACE, "svg");
  icon.setAttribute("class", `icon ${extra}`);
  icon.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(NAMESPACE, "use");
  use.setAttribute("href", `${file}#${name}`);
  icon.append(use);
  return icon;
}

// The binding for a file that is opened without a server: nobody is told, nothing is fetched.

const page = JSON.parse(document.getElementById("page").textContent);
const explorerRoot = document.querySelector(".explorer");
const silent = { threshold: () => {}, cell: () => {}, range: () => {}, weighed: () => {} };
explorerRoot.querySelector(".language").hidden = false;
explorerRoot.querySelector("[data-panel=matrix] .sentence").textContent = "Hatched: wrong.";
explorerRoot.explorer = buildExplorer(explorerRoot, fromBase64(page.packet), page.start, silent);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", explorerRoot.explorer.lay);

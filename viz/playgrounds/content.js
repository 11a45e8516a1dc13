// What the page was made with, and how its numbers are written.
const find = id => document.getElementById(id);
const content = JSON.parse(find("playground").textContent), digits = 6, literal = [];

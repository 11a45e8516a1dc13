// The page begins, at the step that its address names.
for (const id of ["controls", "leaves"]) find(id).hidden = false;
prepare(views[0]);
place();
frame();
calculate();
go(Number(location.hash.slice(1)) || 0);

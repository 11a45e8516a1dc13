// Activations and losses as a network uses them: in loops over neurons, or over many points.
function withLoops(row) { // those that have none of their own share these
  row.run ??= (Z, A, i, end) => { for (; i < end; i++) A[i] = row.value(Z[i]); };
  row.pull ??= (Z, A, U, D, i, end) => { for (; i < end; i++) D[i] = U[i] * row.slope(Z[i], A[i]); };
  return row;
}

for (const [name, row] of Object.entries(ACTIVATIONS)) withLoops(Object.assign(row, { name }));

function predicted(outputs, p) { // a class: −1 or 1 of one output, else which output is the largest
  if (outputs.length === 1) return outputs[0][p] >= 0 ? 1 : -1;
  let best = 0;
  for (let k = 1; k < outputs.length; k++) if (outputs[k][p] > outputs[best][p]) best = k;
  return best;
}

function confusion(outputs, labels, classes) { // rows: what is right; columns: what was predicted
  const counts = classes.map(() => classes.map(() => 0));
  for (let p = 0; p < labels.length; p++) counts[classes.indexOf(labels[p])][classes.indexOf(predicted(outputs, p))] += 1;
  return counts;
}

function meanLoss(loss, outputs, labels) { // of points: outputs has an array a neuron
  let sum = 0;
  if (outputs.length === 1) {
    const [a] = outputs;
    for (let p = 0; p < labels.length; p++) sum += loss.value(labels[p], a[p]);
  } else for (let p = 0; p < labels.length; p++) sum += loss.value(labels[p], ...outputs.map(a => a[p]));
  return sum / labels.length;
}

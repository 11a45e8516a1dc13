// Slips that lead to a wrong gradient, in the words of autograd.passes.slips; none tells the answer.
const MOST_CAUSES = 3;
const named = (z, x) => `∂${z.name}/∂${x.name}`;
const usesOf = line => links.filter(link => link.tail === line && link.back);
const shares = link => link.head.inside.length > 1 ? [link.slope] : link.uses.map(([r, i]) => nodes[r].slopes[i]);

function slips(line) { // answers with what leads to them, the likeliest first
  const right = gradient(line), uses = usesOf(line), single = uses.flatMap(link => shares(link).map(d => [link, d]));
  const found = [[-right, "the sign is off"]];
  if (single.length > 1) for (const [link, d] of single) {
    const { name } = link.head;
    found.push([right - gradient(link.head) * d, `1 of its ${single.length} uses is missing (by ${name})`]);
  }
  for (const link of uses) found.push(...slipsAt(line, link, right, uses.length > 1));
  if (uses.length > 1) {
    const bare = "the gradients of its uses are missing, only slopes are there";
    found.push([uses.reduce((sum, link) => sum + link.slope, 0), bare]);
  }
  return [...found, [value(line), `that is the value of ${line.name}, not the gradient`]];
}

function slipsAt(line, link, right, several) { // in what one use hands back, the others being right
  const z = link.head, g = gradient(z), d = link.slope, rest = right - g * d, along = named(z, line);
  const factor = z === lines.at(-1) ? `the slope of ${z.name} by ${line.name}` : `the factor ${along}`;
  const gone = d ? [[rest + g, `${factor} is missing`], [rest + g / d, `${z.label} was divided by ${along}`]]
    : [[rest + g, `${z.name} handed its gradient to an operand that it did not choose`]];
  return [
    [rest + value(z) * d, `${z.label} was taken to be ${z.name}`],
    ...(several ? [[rest - g * d, `the sign of what ${z.name} hands back is off`]] : []),
    ...gone,
    [rest + d, `the factor ${z.label} is missing`],
    [rest + g + d, `${z.label} and ${along} were added, not multiplied`],
    ...(shares(link).length === 2 ? [] : [[rest + 2 * g * d, `what ${z.name} hands back is counted twice`]]),
  ];
}

function isNear(x, y) { // whole numbers exactly, others as far as they are written: as autograd.passes.marking.near
  return x === y || ((x % 1 !== 0 || y % 1 !== 0) && Math.abs(x - y) <= Math.max(1e-3 * Math.max(Math.abs(x), Math.abs(y)), 1e-12));
}

function causes(line, answer) {
  const right = gradient(line), fit = slips(line).filter(([number]) => !isNear(number, right) && isNear(answer, number));
  return [...new Set(fit.map(([, clause]) => clause))];
}

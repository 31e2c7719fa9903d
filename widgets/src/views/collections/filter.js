// What `get_collection(key, scope)` keeps: the items whose name the regular expression matches at its beginning, as Python's `re.match`.

/**
 * {keeps[], matched[], byPrefix[], count, error} for a filter: per item whether it stays, the length of the matched part, and whether
 * it stays only because no slash was written ("D" also keeps "D_pre").
 */
export function keptBy(filter, items) {
  if (!filter) return { keeps: items.map(() => true), matched: items.map(() => 0), byPrefix: items.map(() => false), count: items.length, error: "" };
  let pattern;
  try {
    pattern = new RegExp(translated(filter), "y");
  } catch (error) {
    return { keeps: items.map(() => true), matched: items.map(() => 0), byPrefix: items.map(() => false), count: items.length, error: `Not a regular expression: ${error.message}` };
  }
  const plain = /^[\w/]+$/.test(filter) && !filter.endsWith("/");
  const matched = items.map((item) => {
    if (item.kind === "object" && !item.text) return -1;
    pattern.lastIndex = 0;
    const found = pattern.exec(item.text);
    return found ? found[0].length : -1;
  });
  const keeps = matched.map((length) => length >= 0);
  const byPrefix = items.map((item, k) => plain && keeps[k] && matched[k] < item.text.length && item.text[matched[k]] !== "/" && item.text[matched[k]] !== ":");
  return { keeps, matched, byPrefix, count: keeps.filter(Boolean).length, error: "" };
}

/** Python's spelling of regular expressions in JavaScript's: named groups, \A, \Z. */
function translated(source) {
  return source.replaceAll("(?P<", "(?<").replaceAll(/\(\?P=(\w+)\)/g, "\\k<$1>").replaceAll("\\A", "^").replaceAll("\\Z", "$");
}

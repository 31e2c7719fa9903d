// The find language: plain text, `re:` for a regular expression, and field words such as `type:MatMul` or `scope:stage_0`.
//
// A query is parsed once to a predicate over facts, plain objects {name, type, scope, var, line, cell, shape, dtype, role, ...}
// with text values. Words are joined by "and". A regular expression that cannot be read gives an error to show.

const FIELD = /^([a-z]+):(.*)$/i;

/** Returns {empty, error, matches(facts)}. */
export function parseQuery(query) {
  const text = query.trim();
  if (!text) return { empty: true, error: "", matches: () => false };
  if (text.startsWith("re:")) {
    try {
      const pattern = new RegExp(text.slice(3), "i");
      return { empty: false, error: "", matches: (facts) => pattern.test(facts.name ?? "") };
    } catch (error) {
      return { empty: false, error: `This regular expression cannot be read: ${error.message}`, matches: () => false };
    }
  }
  const tests = text.split(/\s+/).map((word) => {
    const field = FIELD.exec(word);
    if (field) {
      const [, key, wanted] = field;
      const lower = wanted.toLowerCase();
      return (facts) => key.toLowerCase() in facts && String(facts[key.toLowerCase()]).toLowerCase().includes(lower);
    }
    const lower = word.toLowerCase();
    return (facts) => [facts.name, facts.type, facts.shape].some((each) => each && String(each).toLowerCase().includes(lower));
  });
  return { empty: false, error: "", matches: (facts) => tests.every((test) => test(facts)) };
}

/** The indexes of the facts that match. */
export function findAll(query, facts) {
  const { matches } = parseQuery(query);
  const hits = [];
  facts.forEach((each, index) => { if (matches(each)) hits.push(index); });
  return hits;
}

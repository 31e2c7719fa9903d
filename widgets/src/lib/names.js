// Names and numbers as a person reads them.

/** A whole number with thousands separated: 1,007. */
export function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** "1 op", "2 ops". */
export function counted(number, one, many = `${one}s`) {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** The last part of a path. */
export function leafOf(name) {
  const path = name.endsWith("/") ? name.slice(0, -1) : name;
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The scope of a name, "" at the root. */
export function scopeOf(name) {
  const cut = name.lastIndexOf("/");
  return cut < 0 ? "" : name.slice(0, cut);
}

/**
 * Shortens a path to at most `most` characters: whole parts go from the middle (`stage_0/…/unit_0/kernel`); the first and the
 * last part stay; a part that is too long by itself is cut in its own middle.
 */
export function shortened(name, most) {
  if (name.length <= most) return name;
  const parts = name.split("/");
  if (parts.length > 2) {
    for (let drop = 1; drop <= parts.length - 2; drop += 1) {
      const text = [parts[0], "…", ...parts.slice(1 + drop)].join("/");
      if (text.length <= most) return text;
    }
    const ends = `${parts[0]}/…/${parts[parts.length - 1]}`;
    if (ends.length <= most) return ends;
  }
  const keep = Math.max(2, most - 1);
  const tail = Math.ceil(keep * 0.6);
  return `${name.slice(0, keep - tail)}…${name.slice(name.length - tail)}`;
}

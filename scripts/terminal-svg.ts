/** A run of text in a terminal line, with the code of its SGR sequence; 0: none. */
type Run = readonly [code: number, text: string];

const [charWidth, lineHeight, margin] = [8.4, 19, 16];
const mostColumns = 104;
const fills: Readonly<Record<number, string>> = { 31: "#ff7b72", 32: "#7ee787", 36: "#79c0ff" };

/**
 * Returns an SVG of terminal lines, which may have SGR sequences for bold and colours.
 * Long lines are cut. `title` is plain text.
 */
export function toSvg(title: string, lines: readonly string[]): string {
  const width = Math.ceil(mostColumns * charWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  const texts = lines.map(
    (line, index) =>
      `<text xml:space="preserve" x="${margin}" y="${margin + (index + 0.75) * lineHeight}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>${title}</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">
${texts.join("\n")}
</g>
</svg>
`;
}

function spans(line: string): string {
  let room = mostColumns;
  const cut = runsOf(line).map(([code, text]): Run => {
    const taken = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    room = Math.max(0, room - taken.length);
    return [code, taken];
  });
  return cut.map(toSpan).join("");
}

function runsOf(line: string): readonly Run[] {
  const [plain = "", ...coloured] = line.split("\x1b[");
  const runs = coloured.map((part): Run => [Number.parseInt(part, 10), part.slice(part.indexOf("m") + 1)]);
  return [[0, plain], ...runs];
}

function toSpan([code, text]: Run): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  if (code === 1) return `<tspan font-weight="bold">${escaped}</tspan>`;
  return fills[code] === undefined ? escaped : `<tspan fill="${fills[code]}">${escaped}</tspan>`;
}

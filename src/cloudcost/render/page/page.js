"use strict";
(function () {
  const tables = JSON.parse(document.getElementById("tables").textContent);
  const byId = (id) => document.getElementById(id);
  const options = tables.options;
  const state = { runs: tables.planned, factor: tables.factors.at, months: tables.months.at,
    electricity: tables.electricity ? tables.electricity.at : null, deadline: tables.deadlines.at, budget: tables.budgets.at };
  const planned = { ...state };
  let reach = tables.reach;

  // The piece that holds n, then a straight line: exact where the sliders can stand.
  function curveAt(index, n) {
    const pieces = tables.curves[index];
    let low = 0, high = pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pieces[middle][0] <= n) low = middle; else high = middle - 1;
    }
    return pieces[low][1] + pieces[low][2] * n;
  }
  function totalAt(option, n) {
    let total = curveAt(option.time[state.factor], n) + curveAt(option.months[state.months], n);
    if (option.energy.length) {
      const price = tables.electricity.values[state.electricity];
      total += (price < 0 ? option.usdPerKwh : price) * curveAt(option.energy[state.factor], n);
    }
    if (option.credits.length) total -= curveAt(option.credits[state.months][state.factor], n);
    return total;
  }
  function countsAt(n) { return n ? tables.counts.map(() => n) : tables.counts; }
  // Until the last run ends: the longest are begun first, each on the machine that is free soonest.
  function secondsAt(option, n) {
    const counts = countsAt(n), loads = option.wall[state.factor].map((seconds, index) => [seconds, counts[index]]);
    loads.sort((a, b) => (b[0] - a[0]) || (b[1] - a[1]));
    let free = new Array(option.machines).fill(0);
    for (const [seconds, count] of loads) {
      const rounds = Math.max(Math.floor(count / option.machines) - 1, 0);
      free = free.map((at) => at + rounds * seconds);
      for (let left = count - rounds * option.machines; left > 0; left -= 1) {
        let soonest = 0;
        for (let index = 1; index < free.length; index += 1) if (free[index] < free[soonest]) soonest = index;
        free[soonest] += seconds;
      }
    }
    return Math.max(...free);
  }
  function inTime(option) {
    return state.runs ? state.runs <= option.mostRuns[state.factor] : option.plannedFits[state.factor];
  }
  function deadline() { return state.deadline === tables.deadlines.at ? Infinity : tables.deadlines.values[state.deadline] * 3600; }
  function beforeDeadline(option, n) {
    const asked = deadline();
    return asked === Infinity || secondsAt(option, n) <= asked * option.share;
  }
  function budget() { const value = tables.budgets.values[state.budget]; return value < 0 ? Infinity : value; }
  function withinBudget(total) { return total <= budget() + 2e-8; }
  function canBeDone(option) { return option.obstacles[state.factor] < 0 && inTime(option) && beforeDeadline(option, state.runs); }
  // The most runs of each CNN that end in time; by halves, since more runs never end sooner.
  function mostInTime(option) {
    let low = 0, high = option.mostRuns[state.factor];
    if (deadline() === Infinity) return high;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (beforeDeadline(option, middle)) low = middle; else high = middle - 1;
    }
    return low;
  }
  function whyNot(option, total) {
    const obstacle = option.obstacles[state.factor];
    const why = obstacle >= 0 ? [tables.texts[obstacle]] : [];
    const most = () => { const n = mostInTime(option); return n ? "; " + runsOf(n) + " of each would" : ""; };
    const day = option.share < 1 ? " at " + figure(24 * option.share) + " h a day" : "";
    if (!inTime(option)) why.push("does not fit into " + option.within + day + most());
    else if (!beforeDeadline(option, state.runs)) {
      why.push("takes " + timeWords(secondsAt(option, state.runs) / 3600 * 3600) + day + " and is not done within " + timeWords(deadline()) + most());
    }
    const said = why.length ? "cannot be done: " + why.join("; also, ") : "";
    if (withinBudget(total)) return said;
    return (said ? said + "; also, " : "") + usd(total - budget()) + " USD over the budget";
  }

  function grouped(digits) { return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ","); }
  // Cents, half to even as the library has them; under half a cent two significant digits; a ten-millionth is rounding.
  function usd(value) {
    const sign = value < 0 ? "-" : "", size = Math.abs(value);
    if (size > 1e-7 && size <= 0.005) return sign + size.toFixed(1 - Math.floor(Math.log10(size)));
    const scaled = size * 100, floor = Math.floor(scaled), rest = scaled - floor;
    const cents = Math.abs(rest - 0.5) < 1e-6 ? floor + (floor % 2) : Math.round(scaled);
    const text = String(cents).padStart(3, "0");
    return (cents ? sign : "") + grouped(text.slice(0, -2)) + "." + text.slice(-2);
  }
  // As the library writes numbers: three figures that count, whole and large ones in full.
  function figure(value) {
    if (!value) return "0";
    const places = Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), text = evenly(value, places);
    const [whole, rest] = text.split("."), trimmed = rest === undefined ? "" : rest.replace(/0+$/, "");
    return grouped(whole) + (trimmed ? "." + trimmed : "");
  }
  // toFixed rounds exact halves up, the library to even; a double that is one shows it in its own digits.
  function evenly(value, places) {
    const half = new RegExp("\\.\\d{" + places + "}50*$").test(Math.abs(value).toFixed(80));
    const floor = Math.floor(Math.abs(value) * Math.pow(10, places));
    return half && floor % 2 === 0 ? (Math.sign(value) * floor / Math.pow(10, places)).toFixed(places) : value.toFixed(places);
  }
  function timeWords(seconds) {
    for (const [scale, name] of [[86400, "days"], [3600, "h"], [60, "min"], [1, "s"]]) {
      if (seconds < scale && scale > 1) continue;
      const count = figure(seconds / scale);
      return count + " " + (count === "1" && name === "days" ? "day" : name);
    }
    return "";
  }
  function inCurrency(value) {
    const { rate, digits } = tables.currency, power = Math.pow(10, digits), scaled = Math.abs(value) * rate * power;
    const floor = Math.floor(scaled), rest = scaled - floor;
    const units = Math.abs(rest - 0.5) < 1e-5 ? floor + (floor % 2) : Math.round(scaled);
    if (!units && value > 1e-9) return "< " + (1 / power).toFixed(digits);
    const text = String(units).padStart(digits + 1, "0"), cut = text.length - digits;
    return (value < 0 && units ? "-" : "") + grouped(text.slice(0, cut)) + (digits ? "." + text.slice(cut) : "");
  }
  function runsOf(n) { return grouped(String(n)) + (n === 1 ? " run" : " runs"); }
  function tick(id, value) {
    if (id === "deadline") return value === tables.deadlines.values[tables.deadlines.at] ? tables.duration + ", as planned" : timeWords(value * 3600);
    if (value < 0) return id === "budget" ? "no limit" : "as planned";
    if (id === "factor") return "\u00d7 " + value;
    if (id === "electricity") return value + " USD/kWh";
    if (id === "budget") return figure(value) + " USD";
    return value + (value === 1 ? " month" : " months");
  }
  function timesPlanned(value) {
    const own = tables.electricity.values[tables.electricity.at];
    return own > 0 && value !== own ? " (" + figure(value / own) + " \u00d7 planned)" : "";
  }
  // What the sliders say that differs from the plan.
  function tried() {
    const said = state.runs === planned.runs ? [] : [runsOf(state.runs) + " of each CNN"];
    for (const [id, ticks, lead, end] of sliders()) {
      if (state[id] !== planned[id]) said.push(lead + tick(id, ticks.values[state[id]]) + (id === "electricity" ? timesPlanned(ticks.values[state[id]]) : end));
    }
    return said;
  }
  function sliders() {
    return [["factor", tables.factors, "hours ", ""], ["electricity", tables.electricity, "electricity at ", ""],
      ["months", tables.months, "", " kept"], ["deadline", tables.deadlines, "", " at most"], ["budget", tables.budgets, "a budget of ", ""]]
      .filter(([, ticks]) => ticks);
  }

  function element(name, content, className) {
    const made = document.createElement(name);
    if (content !== undefined) made.textContent = content;
    if (className) made.className = className;
    return made;
  }

  function ranked() {
    return options.map((option, index) => {
      const total = totalAt(option, state.runs);
      return { option, index, usd: total, fits: canBeDone(option) && withinBudget(total), seconds: secondsAt(option, state.runs) / 3600 * 3600 };
    }).sort((a, b) => (b.fits - a.fits) || (a.usd - b.usd) || (a.index - b.index));
  }
  function best(rows) { return rows.find((row) => row.fits && row.option.guaranteed) || rows.find((row) => row.fits); }

  function priceSaid(row) {
    return usd(row.usd) + " USD" + (tables.currency ? " (" + inCurrency(row.usd) + " " + tables.currency.code + ")" : "") + ", " + timeWords(row.seconds);
  }
  // The answer in the parts of the page's heading.
  function answer(rows) {
    const first = best(rows);
    if (!first) {
      const near = rows.find((row) => row.option.obstacles[state.factor] < 0 && inTime(row.option)) || rows[0];
      const limits = [deadline() === Infinity ? "" : "within " + timeWords(deadline()), budget() === Infinity ? "" : "for " + figure(budget()) + " USD"];
      return { answer: ["No option can be done", ...limits.filter((each) => each)].join(" "), price: "", risk: "",
        next: near.option.name + ", " + priceSaid(near) + ": " + whyNot(near.option, near.usd) };
    }
    const next = rows.find((row) => row.fits && row.option.guaranteed && row !== first);
    return { answer: first.option.name + (first.option.local ? ", on your own machine" : ", in the cloud") +
        (first.option.guaranteed ? "" : ", though nothing guarantees it"), price: priceSaid(first),
      risk: "known only for the planned numbers", next: next ? next.option.name + ", " + usd(next.usd) + " USD, " + timeWords(next.seconds) : "" };
  }

  function barOf(row, end) {
    const drawn = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawn.setAttribute("class", "bars"); drawn.setAttribute("viewBox", "0 0 100 16");
    drawn.setAttribute("preserveAspectRatio", "none"); drawn.setAttribute("aria-hidden", "true");
    const rect = (x, width, name) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [key, value] of [["x", x], ["y", 3], ["width", width], ["height", 10], ["class", name]]) made.setAttribute(key, value);
      drawn.append(made);
    };
    rect(0, Math.min(Math.max(100 * row.usd / end, 0.4), 100), "bar " + (row.option.local ? "local" : "cloud"));
    if (row.usd > end) rect(94, 1.5, "cut");
    return drawn;
  }
  // Where the bars' scale ends: at the largest, or, where that dwarfs all others, a little past the next.
  function barEnd(totals) {
    const ordered = [...totals].sort((a, b) => a - b), last = ordered.length - 1;
    if (last > 1 && ordered[last - 1] > 0 && ordered[last] > 4 * ordered[last - 1]) return ordered[last - 1] * 1.2;
    return last >= 0 && ordered[last] > 0 ? ordered[last] : 1;
  }
  // A long reason begins folded, so that the table stays one.
  function cannot(said) {
    if (said.length <= 110) return element("span", said, "cannot");
    const folded = element("details", undefined, "cannot"), begun = said.slice(0, 110);
    folded.append(element("summary", begun.slice(0, begun.lastIndexOf(" ")) + " \u2026"), element("span", said));
    return folded;
  }
  function underName(row, first) {
    if (!row.fits) return cannot(whyNot(row.option, row.usd));
    if (row === first) return element("span", "the answer", "under");
    const more = Math.abs(row.usd - first.usd) < 2e-8 ? 0 : row.usd - first.usd;
    const said = more ? usd(Math.abs(more)) + " USD " + (more > 0 ? "more" : "less") : "the same";
    return element("span", said + (row.option.guaranteed ? "" : ", but nothing guarantees it"), "under");
  }
  function writeTotals(rows) {
    const first = best(rows), end = barEnd(rows.map((row) => row.usd));
    byId("totals").replaceChildren(...rows.map((row) => {
      const line = element("tr", undefined, row === first ? "best" : undefined), head = element("th");
      line.dataset.option = row.option.name;
      line.dataset.usd = String(row.usd);
      line.dataset.fits = String(row.fits);
      line.dataset.seconds = String(row.seconds);
      head.scope = "row";
      head.append(element("span", row.option.mark, "key"), " " + row.option.name, underName(row, first));
      const bar = element("td");
      bar.append(barOf(row, end));
      line.append(head, bar, element("td", usd(row.usd), "n"));
      if (tables.currency) line.append(element("td", inCurrency(row.usd), "n"));
      line.append(element("td", timeWords(row.seconds), "n"));
      return line;
    }));
  }
  function writeAnswer(rows) {
    const changed = tried(), said = changed.length ? answer(rows) : null;
    for (const [id, key] of [["part-answer", "answer"], ["part-price", "price"], ["part-risk", "risk"], ["part-next", "next"]]) {
      const part = byId(id), words = said ? said[key] : begun[id];
      part.textContent = words;
      const box = part.parentElement.id === "verdict" ? part : part.parentElement;
      box.hidden = !words;
    }
    byId("part-next").previousElementSibling.textContent = said && !best(rows) ? "Nearest: " : "Next best: ";
    byId("part-answer").className = said || !begun.why ? "" : "why";
    byId("tried").textContent = changed.length ? "With " + changed.join(", ") + "." : "At the project's own numbers.";
    document.body.classList.toggle("moved", changed.length > 0);
    byId("bar").textContent = [byId("part-answer").textContent, byId("part-price").textContent].filter((each) => each).join(": ");
    return byId("tried").textContent + " " + ["part-answer", "part-price", "part-next"].map((id) => {
      const words = byId(id).textContent;
      return words && (id === "part-next" ? byId(id).previousElementSibling.textContent + words : words);
    }).filter((each) => each).join("; ") + ".";
  }

  // Each whole number of runs from which the cheaper of two changes, as the library counts them; up to the last that
  // fits into the project's time with both.
  function changes(a, b, last) {
    const at = [];
    let leader = 0, first = 0;
    for (let n = 1; n <= last; n += 1) {
      const difference = totalAt(a, n) - totalAt(b, n);
      const sign = Math.abs(difference) < 2e-8 ? 0 : Math.sign(difference);
      if (sign && sign !== leader) {
        if (leader) at.push(n); else first = sign;
        leader = sign;
      }
    }
    return { at, first, last: leader };
  }
  function winSaid(a, b, found, last) {
    const name = (sign) => (sign < 0 ? a : b).name, many = found.at.length, run = (n) => grouped(String(n));
    const until = last < tables.last ? ", up to run " + run(last) + ", the last that fits into " + tables.duration + " with both" : "";
    if (many === 1) return name(found.last) + " wins over " + name(-found.last) + " from run " + run(found.at[0]) + " on" + until + ".";
    return name(found.first) + " and " + name(-found.first) + " change places " + many + " times, first at run " +
      run(found.at[0]) + ", last at run " + run(found.at[many - 1]) + "; then " + name(found.last) + " wins" + until + ".";
  }
  function writeWins() {
    const rival = options[Number(byId("rival").value)], always = { "-1": [], 0: [], 1: [] }, never = [], items = [];
    for (const option of options) {
      if (option === rival || option.obstacles[state.factor] >= 0) continue;
      const last = Math.min(mostInTime(rival), mostInTime(option), tables.last);
      if (!last) { never.push(option.name); continue; }
      const found = changes(rival, option, last);
      if (!found.at.length) { always[found.first].push(option.name); continue; }
      const item = element("li", winSaid(rival, option, found, last));
      item.dataset.other = option.name;
      item.dataset.at = found.at.join(" ");
      items.push(item);
    }
    const names = (list) => list.join("; ");
    const range = " at any number of runs up to " + grouped(String(tables.last)) + " that fits into " + tables.duration + "";
    if (always["-1"].length) items.push(element("li", rival.name + " is cheaper" + range + " than: " + names(always["-1"]) + "."));
    if (always["1"].length) items.push(element("li", rival.name + " is dearer" + range + " than: " + names(always["1"]) + "."));
    if (always["0"].length) items.push(element("li", rival.name + " costs the same" + range + " as: " + names(always["0"]) + "."));
    if (never.length) {
      items.push(element("li", "One run of each CNN does not fit into " + tables.duration + " with both " + rival.name + " and: " + names(never) + "."));
    }
    byId("wins").replaceChildren(...items);
  }

  function niceCeiling(value) {
    if (value <= 0) return 1;
    const power = Math.floor(Math.log10(value));
    for (const step of [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10]) {
      const end = Number((step * Math.pow(10, power)).toPrecision(12));
      if (end >= value * (1 - 1e-12)) return end;
    }
    return Math.pow(10, power + 1);
  }
  function short(value) {
    return Math.abs(value) >= 100 || Number.isInteger(value) ? grouped(String(Math.round(value))) : String(Number(value.toPrecision(3)));
  }
  // Where the cheapest option that can be done in time becomes another, among those that can be counted on.
  function leaders() {
    const sure = options.filter((option) => option.guaranteed && option.obstacles[state.factor] < 0), found = [];
    const among = sure.length ? sure : options.filter((option) => option.obstacles[state.factor] < 0);
    const most = among.map(mostInTime);
    for (let n = 1; n <= reach; n += 1) {
      let first = null, least = Infinity;
      among.forEach((option, index) => {
        const total = n <= most[index] ? totalAt(option, n) : Infinity;
        if (total < least - 2e-8) { first = option; least = total; }
      });
      const before = found.length ? found[found.length - 1].option : null;
      if (!found.length || first !== before) found.push({ n, option: first, usd: least });
    }
    return found.slice(1).filter((each) => each.option);
  }
  function drawLines() {
    const stride = Math.max(Math.floor(reach / 200), 1), counts = [];
    for (let n = 1; n < reach; n += stride) counts.push(n);
    counts.push(reach);
    const values = options.map((option) => counts.map((n) => totalAt(option, n)));
    const possible = options.map((option) => option.obstacles[state.factor] < 0);
    const shown = values.filter((_, index) => possible[index]), least = Math.min(0, ...shown.flat());
    const high = niceCeiling(barEnd(shown.map((row) => Math.max(...row)))), low = least < 0 ? -niceCeiling(-least) : 0;
    const rings = leaders();
    for (const figure of document.querySelectorAll("svg[data-figure=lines]")) {
      const axis = figure.querySelectorAll("line.axis"), floor = axis[axis.length - 1];
      const left = Number(floor.getAttribute("x1")), right = Number(floor.getAttribute("x2")), base = Number(floor.getAttribute("y1"));
      const top = Number(figure.querySelector(".now").getAttribute("y1"));
      const x = (n) => left + (right - left) * n / reach, y = (value) => base + (top - base) * (value - low) / (high - low);
      figure.querySelectorAll(".yt").forEach((label, index) => { label.textContent = short(low + (high - low) * index / 4); });
      figure.querySelectorAll(".xt").forEach((label, index) => { label.textContent = short(reach * index / 4); });
      const now = figure.querySelector(".now");
      now.setAttribute("visibility", state.runs > 0 && state.runs <= reach ? "visible" : "hidden");
      now.setAttribute("x1", x(state.runs)); now.setAttribute("x2", x(state.runs));
      const ends = values.map((row) => row[row.length - 1]), heights = ends.map((end) => y(end) + 4);
      const order = heights.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
      let last = top - 13;
      for (const index of order) { last = Math.max(heights[index], last + 13); heights[index] = last; }
      last = base + 17;
      for (const index of order.reverse()) { last = Math.min(heights[index], last - 13); heights[index] = last; }
      options.forEach((option, index) => {
        const inside = mostInTime(option);
        const path = (from, to) => {
          const points = counts.map((n, at) => [n, values[index][at]]).filter(([n, value]) => n >= from && n <= to && value <= high);
          return points.length > 1 ? "M" + points.map(([n, value]) => x(n).toFixed(1) + " " + y(value).toFixed(1)).join("L") : "M0 0";
        };
        const lines = figure.querySelectorAll("[data-line='" + index + "']");
        lines[0].setAttribute("d", path(Math.max(inside, 1), possible[index] ? reach : 0));
        lines[1].setAttribute("d", path(1, possible[index] ? inside : 0));
        const letter = figure.querySelector("[data-letter='" + index + "']");
        letter.setAttribute("y", heights[index]);
        letter.setAttribute("visibility", possible[index] && ends[index] <= high ? "visible" : "hidden");
      });
      figure.querySelectorAll(".even").forEach((ring) => ring.remove());
      for (const each of rings.filter((ring) => ring.usd <= high).slice(0, 12)) {
        const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        for (const [key, value] of [["cx", x(each.n)], ["cy", y(each.usd)], ["r", 5.5], ["stroke-width", 2], ["class", "even f-sheet s-ink"]]) ring.setAttribute(key, value);
        figure.append(ring);
      }
    }
  }

  let speaking = 0;
  // What the library wrote into the heading, which stands there again at the planned numbers.
  const begun = { why: document.querySelector("#verdict .why") !== null };
  for (const id of ["part-answer", "part-price", "part-risk", "part-next"]) begun[id] = byId(id).textContent;
  function showReach() {
    byId("runs").max = reach;
    byId("reach").value = reach;
  }
  function refresh() {
    while (state.runs > reach) reach = tables.reaches.find((each) => each > reach);
    showReach();
    const rows = ranked();
    byId("runs").value = state.runs;
    byId("runs").setAttribute("aria-valuetext", state.runs ? String(state.runs) : "as planned");
    if (document.activeElement !== byId("runs-number")) byId("runs-number").value = state.runs || "";
    for (const [id, ticks] of sliders()) {
      const shown = tick(id, ticks.values[state[id]]);
      byId(id).value = state[id];
      byId(id).setAttribute("aria-valuetext", shown);
      byId(id + "-value").textContent = shown;
    }
    const said = writeAnswer(rows);
    writeTotals(rows);
    if (byId("wins")) writeWins();
    drawLines();
    clearTimeout(speaking);
    speaking = setTimeout(() => { byId("heard").textContent = said; }, 600);
  }

  for (const [id] of sliders()) {
    byId(id).addEventListener("input", (event) => { state[id] = Number(event.target.value); refresh(); });
  }
  byId("runs").addEventListener("input", (event) => { state.runs = Number(event.target.value); refresh(); });
  // Held at its end, the slider of runs goes on: its scale grows when it is let go.
  byId("runs").addEventListener("change", () => {
    if (state.runs === reach && reach < tables.last) { reach = tables.reaches.find((each) => each > reach); refresh(); }
  });
  byId("runs-number").addEventListener("input", (event) => {
    const asked = event.target.value === "" ? tables.planned : event.target.valueAsNumber;
    if (!Number.isInteger(asked) || asked < Number(event.target.min) || asked > tables.last) return;
    state.runs = asked;
    refresh();
  });
  byId("runs-number").addEventListener("change", (event) => { event.target.value = state.runs || ""; });
  byId("reach").addEventListener("change", (event) => {
    reach = Math.max(Number(event.target.value), tables.reaches.find((each) => each >= state.runs));
    refresh();
  });
  if (byId("rival")) byId("rival").addEventListener("change", writeWins);
  byId("reset").addEventListener("click", () => { Object.assign(state, planned); reach = tables.reach; refresh(); });
  for (const link of document.querySelectorAll("nav a")) {
    link.addEventListener("click", () => {
      const folded = document.querySelector(link.getAttribute("href")).closest("details");
      if (folded) folded.open = true;
    });
  }
  // On narrow screens a bar holds the answer while its heading is out of sight.
  new IntersectionObserver(([seen]) => { byId("bar").hidden = seen.isIntersecting; }).observe(byId("verdict"));

  for (const each of [byId("sliders"), byId("reach"), byId("rival")]) if (each) each.disabled = false;
  refresh();
  clearTimeout(speaking);
})();

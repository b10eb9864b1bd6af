"use strict";
(function () {
  const tables = JSON.parse(document.getElementById("tables").textContent);
  const byId = (id) => document.getElementById(id);
  const options = tables.options;
  const state = { runs: tables.planned, factor: tables.factors.at, months: tables.months.at,
    electricity: tables.electricity ? tables.electricity.at : null };

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
  function hoursAt(option) {
    return state.runs ? option.hours[state.factor] * state.runs : option.plannedHours[state.factor];
  }
  function inTime(option) {
    return state.runs ? state.runs <= option.mostRuns[state.factor] : option.plannedFits[state.factor];
  }
  function fits(option) { return option.obstacles[state.factor] < 0 && inTime(option); }
  function whyNot(option) {
    const obstacle = option.obstacles[state.factor], most = option.mostRuns[state.factor];
    const why = obstacle >= 0 ? [tables.texts[obstacle]] : [];
    if (!inTime(option)) {
      why.push("does not fit into " + tables.days + " days" + (most ? ": " + most + " runs of each would" : ""));
    }
    return why.join("; also, ");
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
  function oneDecimal(value) {
    const parts = value.toFixed(1).split(".");
    return grouped(parts[0]) + "." + parts[1];
  }
  function tick(id, value) { return value < 0 ? "as planned" : (id === "factor" ? "\u00d7 " : "") + value; }
  function runsSaid() {
    return state.runs ? grouped(String(state.runs)) + (state.runs === 1 ? " run" : " runs") + " of each CNN"
      : "the runs as planned (" + tables.plannedWords + ")";
  }

  function element(name, content, className) {
    const made = document.createElement(name);
    if (content !== undefined) made.textContent = content;
    if (className) made.className = className;
    return made;
  }

  function ranked() {
    return options.map((option, index) => ({ option, index, usd: totalAt(option, state.runs), fits: fits(option) }))
      .sort((a, b) => (b.fits - a.fits) || (a.usd - b.usd) || (a.index - b.index));
  }

  function writeTotals(rows) {
    const body = byId("totals");
    body.replaceChildren(...rows.map((row) => {
      const line = element("tr");
      line.dataset.option = row.option.name;
      line.dataset.usd = String(row.usd);
      const head = element("th");
      head.scope = "row";
      head.append(element("span", row.option.mark, "key"), " " + row.option.name +
        (row.option.guaranteed ? "" : " (not guaranteed)"));
      if (!row.fits) head.append(element("span", "cannot be done: " + whyNot(row.option), "cannot"));
      line.dataset.fits = String(row.fits);
      line.append(head, element("td", usd(row.usd), "n"), element("td", oneDecimal(hoursAt(row.option)), "n"));
      return line;
    }));
  }

  function answer(rows) {
    const sure = rows.filter((row) => row.fits && row.option.guaranteed);
    const can = sure.length ? sure : rows.filter((row) => row.fits);
    const price = tables.electricity && tables.electricity.values[state.electricity];
    const months = tables.months.values[state.months], factor = tables.factors.values[state.factor];
    let said = "With " + runsSaid() + ", hours \u00d7 " + factor +
      (tables.electricity ? (price < 0 ? ", electricity as planned" : ", electricity at " + price + " USD per kWh") : "") +
      " and " + months + (months === 1 ? " month" : " months") + " kept: ";
    if (!can.length) return said + "no option can be done in " + tables.days + " days.";
    said += can[0].option.name + " is the cheapest at " + usd(can[0].usd) + " USD, with " +
      oneDecimal(hoursAt(can[0].option)) + " h of machine time";
    return said + (can.length > 1 ? "; next comes " + can[1].option.name + " at " + usd(can[1].usd) + " USD." : ".");
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
    const until = last < tables.last ? ", up to run " + run(last) + ", the last that fits into " + tables.days + " days with both" : "";
    if (many === 1) return name(found.last) + " wins over " + name(-found.last) + " from run " + run(found.at[0]) + " on" + until + ".";
    return name(found.first) + " and " + name(-found.first) + " change places " + many + " times, first at run " +
      run(found.at[0]) + ", last at run " + run(found.at[many - 1]) + "; then " + name(found.last) + " wins" + until + ".";
  }
  function writeWins() {
    const rival = options[Number(byId("rival").value)], always = { "-1": [], 0: [], 1: [] }, never = [], items = [];
    for (const option of options) {
      if (option === rival || option.obstacles[state.factor] >= 0) continue;
      const last = Math.min(rival.mostRuns[state.factor], option.mostRuns[state.factor], tables.last);
      if (!last) { never.push(option.name); continue; }
      const found = changes(rival, option, last);
      if (!found.at.length) { always[found.first].push(option.name); continue; }
      const item = element("li", winSaid(rival, option, found, last));
      item.dataset.other = option.name;
      item.dataset.at = found.at.join(" ");
      items.push(item);
    }
    const names = (list) => list.join("; ");
    const range = " at any number of runs up to " + grouped(String(tables.last)) + " that fits into " + tables.days + " days";
    if (always["-1"].length) items.push(element("li", rival.name + " is cheaper" + range + " than: " + names(always["-1"]) + "."));
    if (always["1"].length) items.push(element("li", rival.name + " is dearer" + range + " than: " + names(always["1"]) + "."));
    if (always["0"].length) items.push(element("li", rival.name + " costs the same" + range + " as: " + names(always["0"]) + "."));
    if (never.length) {
      items.push(element("li", "One run of each CNN does not fit into " + tables.days + " days with both " + rival.name + " and: " + names(never) + "."));
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
  function drawLines() {
    const reach = Number(byId("reach").value), stride = Math.max(Math.floor(reach / 200), 1), counts = [];
    for (let n = 1; n < reach; n += stride) counts.push(n);
    counts.push(reach);
    const values = options.map((option) => counts.map((n) => totalAt(option, n)));
    const possible = options.map((option) => option.obstacles[state.factor] < 0);
    const high = niceCeiling(Math.max(0, ...values.filter((_, index) => possible[index]).flat()));
    for (const figure of document.querySelectorAll("svg[data-figure=lines]")) {
      const axis = figure.querySelectorAll("line.axis"), floor = axis[axis.length - 1];
      const left = Number(floor.getAttribute("x1")), right = Number(floor.getAttribute("x2")), base = Number(floor.getAttribute("y1"));
      const top = Number(figure.querySelector(".now").getAttribute("y1"));
      const x = (n) => left + (right - left) * n / reach, y = (value) => base + (top - base) * value / high;
      figure.querySelectorAll(".yt").forEach((label, index) => { label.textContent = short(high * index / 4); });
      figure.querySelectorAll(".xt").forEach((label, index) => { label.textContent = short(reach * index / 4); });
      const now = figure.querySelector(".now"), shown = state.runs > 0 && state.runs <= reach;
      now.setAttribute("visibility", shown ? "visible" : "hidden");
      now.setAttribute("x1", x(state.runs)); now.setAttribute("x2", x(state.runs));
      const heights = values.map((row) => y(row[row.length - 1]) + 4);
      const order = heights.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
      let last = top - 13;
      for (const index of order) { last = Math.max(heights[index], last + 13); heights[index] = last; }
      last = base + 17;
      for (const index of order.reverse()) { last = Math.min(heights[index], last - 13); heights[index] = last; }
      options.forEach((option, index) => {
        const inside = option.mostRuns[state.factor];
        const path = (from, to) => {
          const points = counts.map((n, at) => [n, values[index][at]]).filter(([n]) => n >= from && n <= to);
          return points.length > 1 ? "M" + points.map(([n, value]) => x(n).toFixed(1) + " " + y(value).toFixed(1)).join("L") : "M0 0";
        };
        const lines = figure.querySelectorAll("[data-line='" + index + "']");
        lines[0].setAttribute("d", path(Math.max(inside, 1), possible[index] ? reach : 0));
        lines[1].setAttribute("d", path(1, possible[index] ? inside : 0));
        const letter = figure.querySelector("[data-letter='" + index + "']");
        letter.setAttribute("y", heights[index]);
        letter.setAttribute("visibility", possible[index] ? "visible" : "hidden");
      });
    }
  }

  let speaking = 0;
  function refresh() {
    const rows = ranked(), said = answer(rows);
    byId("runs").value = state.runs;
    byId("runs").setAttribute("aria-valuetext", state.runs ? String(state.runs) : "as planned");
    byId("runs-said").textContent = state.runs ? "" : "as planned ";
    if (document.activeElement !== byId("runs-number")) byId("runs-number").value = state.runs;
    for (const [id, ticks] of [["factor", tables.factors], ["months", tables.months], ["electricity", tables.electricity]]) {
      if (!ticks) continue;
      const shown = tick(id, ticks.values[state[id]]);
      byId(id).value = state[id];
      byId(id).setAttribute("aria-valuetext", shown);
      byId(id + "-value").textContent = shown;
    }
    byId("answer").textContent = said;
    writeTotals(rows);
    writeWins();
    drawLines();
    clearTimeout(speaking);
    speaking = setTimeout(() => { byId("heard").textContent = said; }, 600);
  }

  for (const id of ["factor", "months", "electricity"]) {
    if (byId(id)) byId(id).addEventListener("input", (event) => { state[id] = Number(event.target.value); refresh(); });
  }
  byId("runs").addEventListener("input", (event) => { state.runs = Number(event.target.value); refresh(); });
  byId("runs-number").addEventListener("input", (event) => {
    const asked = event.target.valueAsNumber;
    if (!Number.isInteger(asked) || asked < Number(event.target.min) || asked > tables.last) return;
    state.runs = asked;
    refresh();
  });
  byId("runs-number").addEventListener("change", (event) => { event.target.value = state.runs; });
  byId("reach").addEventListener("change", drawLines);
  byId("rival").addEventListener("change", writeWins);
  byId("reset").addEventListener("click", () => {
    state.runs = tables.planned;
    for (const id of ["factor", "months"]) state[id] = tables[id + (id === "factor" ? "s" : "")].at;
    if (tables.electricity) state.electricity = tables.electricity.at;
    refresh();
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of opened) each.open = false; });

  for (const each of [byId("sliders"), byId("reach"), byId("rival")]) each.disabled = false;
  refresh();
  clearTimeout(speaking);
})();

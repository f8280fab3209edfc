// What a check comes to, in words and as the whole screen: never by colour alone.
const MARKS = { admit: "✓", note: "!", refuse: "✗" };
const UNKNOWN = "status_unknown";
const OF_PASS = {
  revoked: ["Pass cancelled", "This site took the pass back: it was lost and replaced, or its holder left."],
  suspended: ["Pass on hold", "This site put the pass on hold. The manager can say why."],
};

// Returns { tone, headline, why } of what was said of a card: by this device or by the hub.
export function verdictOf({ reasons, card, person, blocked }, words) {
  const of = (reason) => (isPass(card) && OF_PASS[reason]) || words[reason];
  const against = reasons.filter((reason) => reason !== UNKNOWN).map(of);
  if (against.length) return { tone: "refuse", headline: against[0][0], why: against.map(([, why]) => why) };
  if (blocked || person?.tone === "refuse") return { tone: "refuse", headline: "Blocked at this site", why: ["The card itself is good. Keep them out, and tell the site's manager."] };
  if (reasons.length) {
    return { tone: "note", headline: "Genuine, but perhaps cancelled", why: ["A trusted issuer signed this card; this hub has no list of its cancelled cards. Look its number up with the scheme."] };
  }
  if (!person) return { tone: "note", headline: "Good card, not known here", why: ["Nobody on this site's list has it: they need an induction."] };
  if (person.tone !== "admit") return { tone: "note", headline: "Good card", why: [person.words] };
  return { tone: "admit", headline: "Good card", why: [person.words] };
}

const isPass = (card) => Boolean(card?.issuer.startsWith("site:"));

// Fills the dialog and opens it; `face` is the address of a photograph, or null.
export function show(dialog, { verdict, card, person, face, by }) {
  const slot = (name) => dialog.querySelector(`[data-slot=${name}]`);
  dialog.dataset.tone = verdict.tone;
  slot("mark").textContent = MARKS[verdict.tone];
  slot("headline").textContent = verdict.headline;
  slot("why").textContent = verdict.why.join(" ");
  slot("by").textContent = by;
  slot("facts").hidden = !card;
  if (card) tellCard(slot, card, person);
  tellFace(slot("face"), slot("noface"), card, face);
  if (!dialog.open) dialog.showModal();
}

function tellCard(slot, card, person) {
  slot("name").textContent = card.name;
  slot("company").textContent = person?.company ?? "";
  slot("other").hidden = !person || person.name === card.name;
  slot("other").textContent = person ? `On this site's list: ${person.name}` : "";
  slot("number").textContent = card.number;
  slot("scheme").textContent = isPass(card) ? `This site's pass, ${card.cardType}` : `${card.scheme}, ${card.cardType}`;
  const ends = new Date(card.expiresS * 1000);
  slot("expires").textContent = ends.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

function tellFace(picture, none, card, face) {
  picture.hidden = !face;
  none.hidden = Boolean(face) || !card;
  picture.onerror = () => { picture.hidden = true; none.hidden = false; };
  if (face) {
    picture.src = face;
    picture.alt = `Photograph of ${card.name}, from the induction`;
  } else {
    picture.removeAttribute("src");
    picture.alt = "";
  }
}

export function ageWords(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

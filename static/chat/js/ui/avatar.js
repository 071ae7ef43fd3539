// The golden angle: neighbouring ids get colours far apart.
const TURN = 137.508;

/** Draws a person into an `.avatar`: initials on a colour that follows from the id. */
export function drawAvatar(avatar, { id, name }) {
  avatar.textContent = initials(name);
  avatar.style.setProperty("--hue", ((id * TURN) % 360).toFixed(0));
}

export function avatarOf(person, className = "avatar") {
  const avatar = document.createElement("span");
  avatar.className = className;
  avatar.setAttribute("aria-hidden", "true");
  drawAvatar(avatar, person);
  return avatar;
}

function initials(name) {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [...words[0]][0] + [...words[1]][0] : [...(words[0] ?? "?")].slice(0, 2).join("");
  return letters.toLocaleUpperCase();
}

// The room that a picture takes in the list, before its bytes are there.

const WIDTH = 320;
const HEIGHT = 240;

/** Fits a picture of these pixels into the list's box without enlarging it; an unknown size gets the box itself. */
export function room(width: number | null, height: number | null): { width: number; height: number } {
  if (!width || !height) return { width: WIDTH, height: HEIGHT };
  const scale = Math.min(1, WIDTH / width, HEIGHT / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(48, Math.round(height * scale)) };
}

// From the question to the first row of thumbnails on the screen, as a measure of the browser's own (performance timeline).

/** Measures once the first row is decoded and drawn. */
export async function measureFirstRow(results) {
  const asked = performance.getEntriesByName("cupola: asked").at(-1);
  performance.clearMarks("cupola: asked");
  if (!asked) {
    return;
  }

  performance.measure("cupola: answer", { start: asked.startTime });
  try {
    await Promise.all(results.firstRow().map((image) => image.decode()));
  } catch {
    return; // A thumbnail is gone; there is nothing to measure.
  }
  requestAnimationFrame(() =>
    setTimeout(() => performance.measure("cupola: search to thumbnails", { start: asked.startTime })),
  );
}

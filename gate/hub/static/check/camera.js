// This device's camera, and what codes it sees; or those of a picture, where there is no camera.
const READS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 4 };
const BETWEEN_MS = 60;
const MOST_PX = 1600;
// Of a picture's longer side: a phone's 12 million pixels take a second, and show a card no better.

const REFUSED = {
  NotAllowedError: "This browser was told not to use the camera here. Allow it beside the address, then start again; or take a picture.",
  NotFoundError: "This device has no camera. Choose a picture of the card.",
  NotReadableError: "Another program has the camera. Close it, then start again; or choose a picture of the card.",
};

// Has the decoder's own part come from this hub; `wasm` is its address.
export function prepare(wasm) {
  globalThis.ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm } });
}

// Shows what the camera sees. Throws an Error whose message says what to do.
export async function open(video) {
  if (!navigator.mediaDevices) {
    throw new Error("This page came by plain HTTP, where browsers give no camera. Take a picture of the card instead.");
  }
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    throw new Error(REFUSED[error.name] ?? `The camera did not start: ${error.message}`, { cause: error });
  }
  await video.play();
}

export function close(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

// Returns the texts of the first frame that has any; none once the camera is closed.
export async function nextTexts(video) {
  const canvas = document.createElement("canvas");
  while (video.srcObject?.active) {
    const texts = video.videoWidth ? await textsOf(video, video.videoWidth, video.videoHeight, canvas) : [];
    if (texts.length) return texts;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return [];
}

// Returns the texts in a picture's file. Throws an Error if it is no picture.
export async function textsOfPicture(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch (error) {
    throw new Error(`${file.name}: no picture that this browser can open. Choose a JPEG or PNG.`, { cause: error });
  }
  const { width, height } = picture;
  const scale = Math.min(1, MOST_PX / Math.max(width, height));
  const texts = await textsOf(picture, Math.round(width * scale), Math.round(height * scale), document.createElement("canvas"));
  picture.close();
  return texts;
}

async function textsOf(source, width, height, canvas) {
  canvas.width = width;
  canvas.height = height;
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  drawing.drawImage(source, 0, 0, width, height);
  const found = await globalThis.ZXingWASM.readBarcodes(drawing.getImageData(0, 0, width, height), READS);
  return [...new Set(found.filter((one) => one.isValid).map((one) => one.text))];
}

// The page's telephone: rings the agent over WebRTC, sends keys, shows what is said.
// The messages of the data channel are told in telephony/browser_line.py.

const byId = (id) => document.getElementById(id);
const phone = byId("phone");
const keys = [...document.querySelectorAll(".key")];
const transcript = byId("transcript");

let call = null; // what one call holds; null between calls

byId("call").addEventListener("click", startCall);
byId("hangup").addEventListener("click", () => endCall("Appel terminé"));
for (const key of keys) key.addEventListener("click", () => press(key.dataset.key));
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat) press(event.key);
});
window.addEventListener("pagehide", () => endCall("Appel terminé"));

async function startCall() {
  if (call) return;
  const mine = { peer: new RTCPeerConnection({ iceServers: [] }), audio: new AudioContext(), timers: [] };
  call = mine;
  transcript.replaceChildren();
  show("calling", "Appel en cours…");
  try {
    mine.channel = mine.peer.createDataChannel("appel");
    mine.channel.onmessage = (message) => mine === call && onMessage(JSON.parse(message.data));
    mine.channel.onopen = () => mine === call && onConnected(mine);
    mine.channel.onclose = () => mine === call && endCall("Appel terminé");
    mine.peer.ontrack = (event) => playAgent(mine, event);
    mine.peer.onconnectionstatechange = () => {
      if (mine === call && mine.peer.connectionState === "failed") endCall("La liaison a été perdue.", "failed");
    };
    const voice = await callerVoice(mine);
    if (mine !== call) return stop(mine); // hung up while the browser asked for the microphone
    mine.peer.addTrack(voice.getAudioTracks()[0], voice);
    watchLevel(mine, voice, byId("mic-level"));
    await mine.peer.setLocalDescription();
    await candidatesGathered(mine.peer);
    const answer = await ring(mine.peer.localDescription.sdp);
    if (mine === call) await mine.peer.setRemoteDescription({ type: "answer", sdp: answer });
    else stop(mine);
  } catch (error) {
    if (mine === call) endCall(error instanceof Refused ? error.message : "L'appel n'a pas pu aboutir.", "failed");
    console.warn(error);
  }
}

class Refused extends Error {}

async function ring(sdp) {
  const response = await fetch(phone.dataset.offer, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sdp }),
  });
  const content = await response.json();
  if (!response.ok) throw new Refused(content.error);
  return content.sdp;
}

// Without a microphone the call goes on, by keys: the agent then hears silence.
async function callerVoice(mine) {
  try {
    mine.mic = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    return mine.mic;
  } catch {
    addLine("note", "", "Pas de micro : répondez avec les touches.");
    return mine.audio.createMediaStreamDestination().stream;
  }
}

function candidatesGathered(peer) {
  return new Promise((resolve) => {
    const done = () => peer.iceGatheringState === "complete" && resolve();
    peer.addEventListener("icegatheringstatechange", done);
    setTimeout(resolve, 2000); // those found by then are enough on a local network
    done();
  });
}

function playAgent(mine, event) {
  const stream = event.streams[0] ?? new MediaStream([event.track]);
  byId("agent-voice").srcObject = stream;
  watchLevel(mine, stream, byId("agent-level"));
}

function watchLevel(mine, stream, meter) {
  const analyser = mine.audio.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  mine.audio.createMediaStreamSource(stream).connect(analyser);
  mine.timers.push(setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    meter.value = Math.min(1, 4 * Math.sqrt(power));
  }, 60));
}

function onConnected(mine) {
  const began = Date.now();
  const tick = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    byId("clock").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  mine.timers.push(setInterval(tick, 1000));
  show("on", "En communication");
}

function onMessage(message) {
  if (message.agent) addLine("agent", "L'agent", message.agent);
  if (message.heard) addLine("caller", "Vous", message.heard.text || "(inaudible)");
  if (message.ended) endCall("La mairie a raccroché");
}

function press(key) {
  const button = keys.find((each) => each.dataset.key === key);
  if (!button || call?.channel?.readyState !== "open") return;
  call.channel.send(JSON.stringify({ dtmf: key }));
  addLine("caller", "Vous", `Touche ${key}`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 150);
}

function addLine(kind, who, text) {
  const line = document.createElement("li");
  line.className = kind;
  if (who) {
    const name = document.createElement("span");
    name.className = "who";
    name.textContent = who;
    line.append(name);
  }
  line.append(unbroken(text));
  transcript.append(line);
  transcript.scrollTop = transcript.scrollHeight;
  byId("empty").hidden = true;
}

// French typography: no line break before ; : ! ? », after «, nor inside « 7 h 30 ».
function unbroken(text) {
  return text.replace(/ (?=[;:!?»])|(?<=«) |(?<=\d) (?=h\b)|(?<=\d h) (?=\d)/g, "\u00a0");
}

function endCall(sentence, state = "idle") {
  if (!call) return;
  const mine = call;
  call = null;
  if (mine.channel?.readyState === "open") mine.channel.send(JSON.stringify({ hangup: true }));
  stop(mine);
  show(state, sentence);
}

function stop(mine) {
  for (const timer of mine.timers) clearInterval(timer);
  for (const track of mine.mic?.getTracks() ?? []) track.stop();
  byId("agent-voice").srcObject = null;
  for (const id of ["mic-level", "agent-level"]) byId(id).value = 0;
  if (mine.audio.state !== "closed") mine.audio.close();
  setTimeout(() => mine.peer.close(), 200); // let the hang-up leave first
}

function show(state, sentence) {
  const hadFocus = document.activeElement === byId("call") || document.activeElement === byId("hangup");
  const busy = state === "calling" || state === "on";
  phone.dataset.state = state;
  byId("status").textContent = sentence;
  if (!busy) byId("clock").textContent = "";
  byId("call").hidden = busy;
  byId("hangup").hidden = !busy;
  for (const key of keys) key.disabled = state !== "on";
  if (hadFocus) byId(busy ? "hangup" : "call").focus();
}

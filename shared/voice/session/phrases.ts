/** What the session itself says, word for word; everything else is the model's. */
export interface Phrases {
  readonly greeting: (agentName: string) => string;
  /** Before the greeting of a phone call that is recorded. */
  readonly recordingNotice: string;
  /** While a tool takes its time. */
  readonly filler: string;
  /** A new owner took the call over from one that was lost. */
  readonly bridge: string;
  readonly stillThere: string;
  readonly idleGoodbye: string;
  readonly goodbye: string;
  readonly timeGoodbye: string;
  readonly filtered: string;
  /** An operator has the caller wait. */
  readonly hold: string;
  /** To somebody who has waited for a while. */
  readonly stillHolding: string;
  readonly holdOver: string;
  /** An operator passes the caller on. */
  readonly transfer: string;
  /** To a caller who comes back: the person did not answer. */
  readonly nobodyAnswered: string;
}

const ENGLISH: Phrases = {
  greeting: (agentName) => `Hello, this is ${agentName}. How can I help you?`,
  recordingNotice: 'This call is recorded.',
  filler: 'One moment, let me check.',
  bridge: 'Sorry, I lost you for a second.',
  stillThere: 'Are you still there?',
  idleGoodbye: 'I cannot hear you any more, so I will end the call now. Goodbye.',
  goodbye: 'I have to end our call here. Thank you for calling, and goodbye.',
  timeGoodbye: 'We have reached the longest time a call may take, so I have to end here. Thank you, and goodbye.',
  filtered: 'I am sorry, I cannot help with that. Is there anything else?',
  hold: 'One moment, please. I will be right with you.',
  stillHolding: 'Thank you for waiting. I will be with you again as soon as I can.',
  holdOver: 'Thank you for waiting. What can I do for you?',
  transfer: 'I am passing you on to a colleague now. One moment, please.',
  nobodyAnswered:
    'I am sorry, nobody can take your call at the moment. Can I help you with something else, or take a message?',
};

const SPANISH: Phrases = {
  greeting: (agentName) => `Hola, soy ${agentName}. ¿En qué puedo ayudarle?`,
  recordingNotice: 'Esta llamada se graba.',
  filler: 'Un momento, déjeme comprobarlo.',
  bridge: 'Perdone, le he perdido un segundo.',
  stillThere: '¿Sigue usted ahí?',
  idleGoodbye: 'Ya no le oigo, así que voy a terminar la llamada. Adiós.',
  goodbye: 'Tengo que terminar aquí nuestra llamada. Gracias por llamar, y adiós.',
  timeGoodbye: 'Hemos llegado a la duración máxima de una llamada y tengo que terminar aquí. Gracias, y adiós.',
  filtered: 'Lo siento, con eso no puedo ayudarle. ¿Hay algo más?',
  hold: 'Un momento, por favor. Enseguida estoy con usted.',
  stillHolding: 'Gracias por esperar. Vuelvo con usted en cuanto pueda.',
  holdOver: 'Gracias por esperar. ¿Qué puedo hacer por usted?',
  transfer: 'Ahora le paso con un compañero. Un momento, por favor.',
  nobodyAnswered: 'Lo siento, ahora mismo nadie puede atenderle. ¿Puedo ayudarle en algo más o tomar un recado?',
};

const GERMAN: Phrases = {
  greeting: (agentName) => `Guten Tag, hier ist ${agentName}. Wie kann ich Ihnen helfen?`,
  recordingNotice: 'Dieses Gespräch wird aufgezeichnet.',
  filler: 'Einen Moment, ich sehe nach.',
  bridge: 'Entschuldigung, ich hatte Sie kurz verloren.',
  stillThere: 'Sind Sie noch da?',
  idleGoodbye: 'Ich höre Sie nicht mehr und beende jetzt das Gespräch. Auf Wiederhören.',
  goodbye: 'Ich muss unser Gespräch hier beenden. Vielen Dank für Ihren Anruf und auf Wiederhören.',
  timeGoodbye: 'Die längste Dauer eines Gesprächs ist erreicht, ich muss hier enden. Vielen Dank und auf Wiederhören.',
  filtered: 'Es tut mir leid, dabei kann ich nicht helfen. Gibt es sonst noch etwas?',
  hold: 'Einen Augenblick bitte, ich bin gleich wieder bei Ihnen.',
  stillHolding: 'Danke, dass Sie warten. Ich bin so bald wie möglich wieder für Sie da.',
  holdOver: 'Danke fürs Warten. Was kann ich für Sie tun?',
  transfer: 'Ich verbinde Sie jetzt mit einem Kollegen. Einen Augenblick bitte.',
  nobodyAnswered:
    'Es tut mir leid, im Moment ist niemand zu erreichen. Kann ich Ihnen anders helfen oder etwas ausrichten?',
};

const FRENCH: Phrases = {
  greeting: (agentName) => `Bonjour, ici ${agentName}. Comment puis-je vous aider ?`,
  recordingNotice: 'Cet appel est enregistré.',
  filler: 'Un instant, je vérifie.',
  bridge: 'Pardon, je vous ai perdu un instant.',
  stillThere: 'Êtes-vous toujours là ?',
  idleGoodbye: "Je ne vous entends plus, je vais donc mettre fin à l'appel. Au revoir.",
  goodbye: 'Je dois terminer notre appel ici. Merci de votre appel, et au revoir.',
  timeGoodbye: "La durée maximale d'un appel est atteinte, je dois terminer ici. Merci, et au revoir.",
  filtered: 'Je suis désolé, je ne peux pas vous aider pour cela. Y a-t-il autre chose ?',
  hold: 'Un instant, s’il vous plaît. Je suis à vous tout de suite.',
  stillHolding: 'Merci de patienter. Je reviens vers vous dès que possible.',
  holdOver: 'Merci d’avoir patienté. Que puis-je faire pour vous ?',
  transfer: 'Je vous passe maintenant un collègue. Un instant, s’il vous plaît.',
  nobodyAnswered:
    'Je suis désolé, personne n’est disponible pour le moment. Puis-je vous aider autrement ou prendre un message ?',
};

const ITALIAN: Phrases = {
  greeting: (agentName) => `Buongiorno, sono ${agentName}. Come posso aiutarla?`,
  recordingNotice: 'Questa chiamata viene registrata.',
  filler: 'Un momento, controllo subito.',
  bridge: 'Mi scusi, per un attimo non la sentivo.',
  stillThere: 'È ancora in linea?',
  idleGoodbye: 'Non la sento più, quindi chiudo la chiamata. Arrivederci.',
  goodbye: 'Devo concludere qui la nostra chiamata. Grazie e arrivederci.',
  timeGoodbye: 'Abbiamo raggiunto la durata massima di una chiamata, devo concludere qui. Grazie e arrivederci.',
  filtered: "Mi dispiace, con questo non posso aiutarla. C'è altro?",
  hold: 'Un momento, per favore. Sono subito da lei.',
  stillHolding: 'Grazie per l’attesa. Torno da lei appena possibile.',
  holdOver: 'Grazie per l’attesa. Che cosa posso fare per lei?',
  transfer: 'Ora la passo a un collega. Un momento, per favore.',
  nobodyAnswered: 'Mi dispiace, al momento non risponde nessuno. Posso aiutarla in altro modo o prendere un messaggio?',
};

const PORTUGUESE: Phrases = {
  greeting: (agentName) => `Olá, aqui é ${agentName}. Como posso ajudar?`,
  recordingNotice: 'Esta chamada é gravada.',
  filler: 'Um momento, vou verificar.',
  bridge: 'Desculpe, perdi a ligação por um segundo.',
  stillThere: 'Ainda está aí?',
  idleGoodbye: 'Já não consigo ouvir, por isso vou encerrar a chamada. Até logo.',
  goodbye: 'Tenho de terminar a nossa chamada aqui. Obrigado por ligar e até logo.',
  timeGoodbye: 'Chegámos à duração máxima de uma chamada e tenho de terminar aqui. Obrigado e até logo.',
  filtered: 'Desculpe, não posso ajudar com isso. Há mais alguma coisa?',
  hold: 'Um momento, por favor. Já volto a falar consigo.',
  stillHolding: 'Obrigado por aguardar. Volto a falar consigo assim que puder.',
  holdOver: 'Obrigado por aguardar. Em que posso ajudar?',
  transfer: 'Vou passar a um colega. Um momento, por favor.',
  nobodyAnswered: 'Lamento, de momento ninguém pode atender. Posso ajudar de outra forma ou tomar nota de um recado?',
};

const PHRASES: Readonly<Record<string, Phrases>> = {
  en: ENGLISH,
  es: SPANISH,
  de: GERMAN,
  fr: FRENCH,
  it: ITALIAN,
  pt: PORTUGUESE,
};

/** Phrases of a language tag (`de-DE`); English where there are none. */
export const phrasesOf = (language: string): Phrases => PHRASES[language.slice(0, 2).toLowerCase()] ?? ENGLISH;

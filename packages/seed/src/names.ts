import type { Random } from './random.js';

/** What `patients.gender` holds. */
export type Gender = 'female' | 'male' | 'other';

/** A made-up person's name, in the order given name, family name. */
export interface Name {
  readonly firstName: string;
  readonly lastName: string;
}

interface Culture {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
}

/** Names that are common where they come from, so that no combination points to one person. */
const cultures: readonly Culture[] = [
  culture(
    'Emily, Grace, Hannah, Olivia, Charlotte, Ruth, Abigail, Megan, Jo-Anne',
    'Will, William, James, Henry, Oliver, Jack, Samuel, Edward, Thomas, Noah, George',
    'Smythe, Tailor, Baker, Cooper, Hughes, Walker, Wright, Turner, Ward, Bennett, Brooks, Fletcher, Marsh',
  ),
  culture(
    'Aoife, Siobhán, Niamh, Róisín, Gráinne, Caoimhe, Sinéad, Áine',
    'Seán, Pádraig, Oisín, Cian, Eoin, Ruairí, Tadhg, Fionn',
    "O'Brien, O'Connor, O'Sullivan, Ní Dhómhnaill, Mac Cárthaigh, Byrne, Gallagher, Doyle, McGrath, Kavanagh",
  ),
  culture(
    'Amélie, Zoé, Chloé, Hélène, Inès, Marie-Ève, Noémie, Léa, Françoise',
    'François, Étienne, Jérôme, Loïc, Rémi, Benoît, Jean-Luc, Théo, Gaël',
    "Lefèvre, Moreau, D'Aubigné, Gauthier, Bélanger, Côté, Desjardins, Rousseau, L'Écuyer, Fournier, Besnard",
  ),
  culture(
    'Jutta, Käthe, Anneliese, Heike, Jördis, Ursula, Grete, Lotte',
    'Jürgen, Björn, Götz, Lukas, Matthias, Sören, Günther, Florian',
    'Müller, Schäfer, Größmann, Weiß, Krüger, Köhler, Schröder, Vogel, Böhm, Jäger, Hübner, Lindemann',
  ),
  culture(
    'Lucía, Sofía, María José, Inés, Concepción, Ximena, Noelia, Begoña',
    'José, Ángel, Jesús, Andrés, Iñaki, Raúl, Joaquín, Martín',
    'Muñoz, García Peña, Hernández, Núñez, Ibáñez, Castañeda, Ordóñez, Vázquez, Rincón, Zúñiga, Quiñones',
  ),
  culture(
    'Conceição, Inês, Luísa, Antônia, Mónica, Fátima, Lívia, Beatriz',
    'João, Sebastião, Luís, Antônio, Estêvão, Caetano, Otávio, Rui',
    'Gonçalves, Simões, Magalhães, Araújo, Brandão, Leitão, Conceição, Falcão, Assunção, Vilaça',
  ),
  culture(
    'Małgorzata, Żaneta, Agnieszka, Zofia, Łucja, Bożena, Elżbieta, Kinga',
    'Paweł, Łukasz, Michał, Grzegorz, Wojciech, Bartłomiej, Tomasz, Jędrzej',
    'Wójcik, Dąbrowska, Kamińska, Szymański, Woźniak, Kozłowski, Jabłoński, Źródłowski, Zając, Pawłowska',
  ),
  culture(
    'Åsa, Bjørg, Solveig, Ingrid, Märta, Þóra, Sigríður, Kirsi',
    'Søren, Bjørn, Håkon, Åke, Þorvaldur, Jens, Väinö, Leif',
    'Sørensen, Østergård, Håkansson, Ångström, Þórðarson, Lindqvist, Nygård, Mäkinen, Virtanen, Bjørnstad',
  ),
  culture(
    'Şebnem, Gülşen, Çiğdem, Özlem, Ayşe, İpek, Zeynep, Elif',
    'Çağrı, Gökhan, Şükrü, İsmail, Uğur, Ömer, Emre, Barış',
    'Yıldız, Öztürk, Çelik, Şahin, Kılıç, Güneş, Aydoğan, Doğan, Özdemir, Koç',
  ),
  culture(
    'Thị Hoa, Ngọc, Thu Hà, Mai Anh, Phương, Linh, Bích Ngọc, Quỳnh',
    'Văn Đức, Minh, Quốc Bảo, Hữu Phước, Tuấn, Duy, Khôi, Đình Long',
    'Nguyễn, Trần, Phạm, Đặng, Bùi, Võ, Hoàng, Lý, Đỗ, Ngô, Dương',
  ),
  culture(
    'Mei-Ling, Xiùyīng, Yùtíng, Jiāyí, Ruòxī, Lan, Fang, Shu-Fen',
    'Wěi, Jùn, Zhìmíng, Haoran, Kai, Guówěi, Chun-Hung, Bo',
    'Chen, Wáng, Lǐ, Zhāng, Lín, Huang, Zhào, Sūn, Ouyang, Hsieh, Xu',
  ),
  culture(
    'Yūko, Sakura, Haruka, Ayumi, Kazuko, Min-seo, Ji-woo, Hye-jin',
    'Shōta, Kenji, Yūto, Hiroshi, Takumi, Min-jun, Do-yun, Seung-ho',
    'Satō, Itō, Katō, Yamamoto, Ōta, Kobayashi, Choi, Jeong, Kang, Yoon, Shimizu',
  ),
  culture(
    'Aaradhya, Priya, Lakshmi, Anjali, Deepika, Fatimah, Noor, Sunita',
    'Arjun, Vikram, Rajesh, Siddharth, Harpreet, Imran, Yusuf, Karthik',
    'Sharma, Patel, Iyer, Reddy, Chatterjee, Singh, Mukherjee, Nair, Khan, Siddiqui, Krishnamurthy',
  ),
  culture(
    "Yetunde, Ngozi, Chiamaka, Amina, Abena, Wanjikũ, Nomvula, N'Deye",
    'Olúwaṣeun, Chukwuemeka, Kwame, Kofi, Tendai, Sipho, Mamadou, Babatunde',
    "Okafor, Adébáyò, Mensah, Nwosu, N'Diaye, Kamau, Dlamini, Traoré, Ọlátúnjí, Asante, Koné",
  ),
  culture(
    "Layla, Maryam, Ra'ad, Samira, Yasmin, Nour, Ḥanan, Rania",
    "Omar, Khalid, Ṭariq, Isma'il, Hassan, Mahmoud, Karim, Ziad",
    "Al-Sayed, El-Amin, Haddad, Ben-Ali, Abu-Ghazal, Sa'ada, Mansour, Rahmān, Khoury, Najjar",
  ),
  culture(
    "Leilani, Ka'iulani, Mele, Anahera, Hinemoa, Tāne, Sina, Malia",
    "Kekoa, Kaleo, Rāwiri, Tāmati, Sione, Mānoa, Ka'eo, Wiremu",
    "Kahananui, Tūhoe, Ka'ahumanu, Te Rangi, Faleafa, Mākaha, Pōmare, Kealoha, Tuimavave, Ngāwhare",
  ),
];

/** A name out of one culture mostly, out of two sometimes; one in twelve family names is a double one. */
export function randomName(random: Random, gender: Gender): Name {
  const { female, male, family } = random.pick(cultures);
  const given = gender === 'female' || (gender === 'other' && random.chance(0.5)) ? female : male;
  const firstName = random.pick(given);
  const own = random.chance(0.85) ? family : random.pick(cultures).family;
  const lastName = random.pick(own);
  if (!random.chance(1 / 12)) return { firstName, lastName };
  const other = random.pick(random.pick(cultures).family);
  return { firstName, lastName: other === lastName ? lastName : `${lastName}-${other}` };
}

/** A name as it stands in an e-mail address: `marie-eve.lecuyer`. */
export function mailboxName({ firstName, lastName }: Name): string {
  return [firstName, lastName].map(asciiWord).join('.');
}

/** Letters that are no others with an accent. */
const transliterations: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ı: 'i',
  þ: 'th',
  ð: 'd',
  æ: 'ae',
};

function asciiWord(text: string): string {
  return text
    .toLowerCase()
    .replace(/[ßøłđıþðæ]/g, (letter) => transliterations[letter] ?? '')
    .normalize('NFD')
    .replace(/[^a-z-]/g, '');
}

function culture(female: string, male: string, family: string): Culture {
  return { female: female.split(', '), male: male.split(', '), family: family.split(', ') };
}

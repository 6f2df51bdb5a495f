"""The words of the invented reports: fields of medicine, people and journals. Pure data, and the drawing of a research group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from prisma_tool.model.record.citation import Author

# disease | drug | other drug | outcome | people | procedure
_FIELDS = """
rheumatoid arthritis | methotrexate | leflunomide | joint damage | adults | synovectomy
chronic heart failure | sacubitril | enalapril | hospitalisation | outpatients | cardiac resynchronisation
acute myeloid leukaemia | azacitidine | decitabine | relapse-free survival | patients | stem cell transplantation
type 2 diabetes | metformin | gliclazide | glycaemic control | adults | bariatric surgery
major depression | sertraline | escitalopram | remission | outpatients | cognitive behavioural therapy
ischaemic stroke | alteplase | tenecteplase | functional independence | patients | mechanical thrombectomy
bronchial asthma | budesonide | fluticasone | exacerbations | patients | bronchial thermoplasty
iron deficiency anaemia | ferrous sulphate | ferric carboxymaltose | haemoglobin recovery | participants | blood transfusion
chronic kidney disease | lisinopril | losartan | proteinuria | patients | haemodialysis
oesophageal cancer | cisplatin | oxaliplatin | overall survival | patients | oesophagectomy
pulmonary tuberculosis | rifampicin | rifapentine | sputum conversion | patients | lobectomy
epilepsy | levetiracetam | lamotrigine | seizure freedom | patients | vagus nerve stimulation
multiple sclerosis | ocrelizumab | natalizumab | disability progression | patients | rehabilitation
chronic low back pain | duloxetine | tramadol | disability | participants | spinal manipulation
preterm labour | nifedipine | atosiban | neonatal morbidity | pregnant participants | cervical cerclage
atopic dermatitis | dupilumab | ciclosporin | pruritus | patients | phototherapy
"""

_SURNAMES = """
Marlow Browne Cole Quist Søndergård Nemo Hartmann Okafor Nakamura Lindqvist Müller Garcia Fernández Rossi Moreau Kowalski Novák Petrov
Ivanova Jensen Haugen Virtanen Papadopoulos Yılmaz Demir Khan Patel Sharma Gupta Wang Zhang Chen Liu Huang Kim Park Choi Tanaka Suzuki Sato
Watanabe Nguyen Tran Santos Oliveira Pereira Carvalho Gómez Rodríguez Martínez López Peeters Janssen Bakker Visser Dubois Lefèvre Girard
Schneider Weber Fischer Köhler Vogel Baumann Steiner Huber Keller Meier Bianchi Ferrari Romano Greco Marino Costa Silva Almeida Nielsen
Larsen Andersson Berglund Eriksson Mäkelä Korhonen Kovács Szabó Horváth Dvořák Svoboda Popescu Ionescu Georgiou Katz Levy Cohen Friedman
O'Brien Murphy Kelly Walsh Davies Evans Hughes Wright Turner Baker Carter Mitchell Campbell Stewart Fraser Abdullah Hassan Mahmoud Rahman
Adeyemi Mensah Boateng Dlamini Botha Naidoo Mwangi Otieno
"""
_GIVEN = """
Anna Tom Vera Ada Bo Carla David Elena Felix Greta Henrik Irene Jakob Karin Lars Maria Nils Olga Paul Qing Rosa Stefan Tanya Umar Viktor Wei
Ximena Yusuf Zoe Amina Bruno Chiara Diego Emma Farid Gabor
"""

# full name | abbreviation
_JOURNALS = """
Journal of Clinical Investigation and Practice | J Clin Invest Pract
Annals of Applied Therapeutics | Ann Appl Ther
European Archives of Internal Medicine | Eur Arch Intern Med
International Journal of Clinical Outcomes | Int J Clin Outcomes
Scandinavian Journal of Medical Research | Scand J Med Res
The Pacific Medical Review | Pac Med Rev
British Reports in Medicine | Br Rep Med
Acta Clinica Borealis | Acta Clin Boreal
Archives of Disease and Treatment | Arch Dis Treat
Clinical Science Letters | Clin Sci Lett
Zeitschrift für Klinische Forschung | Z Klin Forsch
Revista de Investigación Médica | Rev Invest Med
"""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of medicine, as the words that titles and abstracts draw from it."""

    disease: str
    drug: str
    other: str
    outcome: str
    people: str
    procedure: str

    def fill(self, template: str, x: str = "") -> str:
        """The template with this field's words and `x`, its first letter a capital."""
        text = template.format(
            disease=self.disease,
            drug=self.drug,
            other=self.other,
            outcome=self.outcome,
            people=self.people,
            procedure=self.procedure,
            x=x,
        )
        text = " ".join(text.replace(" :", ":").replace(" ,", ",").split())
        return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal under its two names."""

    name: str
    abbreviation: str


@dataclass(frozen=True, slots=True)
class Group:
    """Who reports, on what, where and when; the reports of a pair share it."""

    field: Field
    authors: tuple[Author, ...]
    journal: Journal
    year: int


def table(text: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table in plain text, cells parted by bars; a lone hyphen is an empty cell."""
    rows = (tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines())
    return tuple(tuple("" if cell == "-" else cell for cell in row) for row in rows)


SURNAMES = tuple(_SURNAMES.split())
GIVEN = tuple(_GIVEN.split())
FIELDS = tuple(Field(*row) for row in table(_FIELDS))
JOURNALS = tuple(Journal(*row) for row in table(_JOURNALS))


def research_group(draw: Random, number: int) -> Group:
    """A group whose first two authors no other number below 15,000 has, so that reports of two groups are never one."""
    size = len(SURNAMES)
    surnames = [SURNAMES[number % size], SURNAMES[(number // size + number % size + 1) % size]]
    surnames += draw.sample([name for name in SURNAMES if name not in surnames], draw.randint(1, 4))
    authors = tuple(Author(surname, f"{draw.choice(GIVEN)} {draw.choice('ABCDEHJKLMNPRST')}.") for surname in surnames)
    return Group(_mixed_field(draw), authors, draw.choice(JOURNALS), draw.randint(1994, 2024))


def _mixed_field(draw: Random) -> Field:
    """A disease with drugs and a procedure that may be another's: few groups then write one title by chance."""
    disease, drugs, procedure = draw.choices(FIELDS, k=3)
    return replace(disease, drug=drugs.drug, other=drugs.other, procedure=procedure.procedure)

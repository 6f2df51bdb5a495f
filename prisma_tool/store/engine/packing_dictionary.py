"""What texts of records often say, for compressing each of them by itself: one is too short to have its repetitions within it.

Frozen: whatever was packed by it is unpacked by the same bytes; a test holds their hash. A better one would be another beside it.
"""

from __future__ import annotations

# Common words first, what begins each entry last: what stands nearer costs less.
FIRST_DICTIONARY = (
    b"compared with the control group; were randomly assigned to receive either placebo or; double-blind, randomized, placebo-controlled "
    b"trial of the; systematic review and meta-analysis. 95% confidence interval [CI]: hazard ratio (HR) = odds ratio (OR) 1. relative risk "
    b"(RR) P < 0.05 p<0.001; p = 0.01) (n = mean +/- SD standard deviation years of age; the aim of this study was to investigate "
    b"whether the effects of BACKGROUND: OBJECTIVE: METHODS: RESULTS: CONCLUSIONS: In conclusion, these results suggest that there was no "
    b"significant difference between the two groups in patients with a significantly higher lower increased decreased reduction and "
    b"improvement during treatment therapy with clinical outcomes, associated with risk factors for disease. The primary outcome was assessed "
    b"at baseline and after 12 weeks, 6 months follow-up. A total of 100 patients were included in this prospective study. We "
    b"performed an analysis of data from children, women, men, adults, participants, symptoms, mortality, survival, hospital, health care, "
    b"quality of life, blood pressure, heart failure, cancer, surgery, drug, dose, daily mg/day mg/kg evidence may have been used to "
    b"which were that had not by from this is are as on or than also both other more using efficacy safety adverse events "
    b"Department of Medicine, University Hospital, School of Journal of Clinical Medical Research International American European British "
    b"Humans Male Female Adult Middle Aged Aged Treatment Outcome Randomized Controlled Trial Journal Article Review Comparative Study\n"
    b'<PubmedArticle>\n<MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1"></PMID><DateCompleted><Year>20</Year><Month>01</Month>'
    b'<Day>01</Day></DateCompleted><Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic"></ISSN><JournalIssue '
    b'CitedMedium="Internet"><Volume></Volume><Issue></Issue><PubDate><Year></Year><Month></Month></PubDate></JournalIssue><Title></Title>'
    b"<ISOAbbreviation></ISOAbbreviation></Journal><ArticleTitle></ArticleTitle><Pagination><MedlinePgn></MedlinePgn></Pagination><ELocationID "
    b'EIdType="doi" ValidYN="Y"></ELocationID><Abstract><AbstractText Label="BACKGROUND" NlmCategory="METHODS"></AbstractText></Abstract>'
    b'<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName></LastName><ForeName></ForeName><Initials></Initials><AffiliationInfo>'
    b"<Affiliation></Affiliation></AffiliationInfo></Author></AuthorList><Language>eng</Language><PublicationTypeList><PublicationType "
    b'UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article><MedlineJournalInfo><Country>United States</Country>'
    b"<MedlineTA></MedlineTA><NlmUniqueID></NlmUniqueID></MedlineJournalInfo><ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>"
    b'<NameOfSubstance UI="D0"></NameOfSubstance></Chemical></ChemicalList><CitationSubset>IM</CitationSubset><MeshHeadingList><MeshHeading>'
    b'<DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName><QualifierName UI="Q000" MajorTopicYN="Y"></QualifierName>'
    b'</MeshHeading></MeshHeadingList></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="pubmed"><Hour>0</Hour><Minute>0</Minute>'
    b'</PubMedPubDate></History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed"></ArticleId>'
    b"</ArticleIdList></PubmedData></PubmedArticle>\n"
    b"PMID- \nOWN - NLM\nSTAT- MEDLINE\nLR  - 20\nIS  - (Electronic)\nIS  - (Print)\nVI  - \nIP  - \nDP  - 20\nTI  - \n      PG  - \nLID - 10. "
    b"[doi]\nAB  - \n      FAU - \nAU  - \nAD  - \nLA  - eng\nPT  - Journal Article\nDEP - \nPL  - United States\nTA  - \nJT  - \nJID - \nSB  - IM\n"
    b"MH  - Humans\nMH  - */therapeutic use\nEDAT- \nMHDA- \nCRDT- \nPHST- [pubmed]\nAID - \nPST - ppublish\nSO  - "
    b"\n%0 Journal Article\n%T \n%A \n%J \n%V \n%N \n%P \n%@ \n%D \n%R \n%X \n%K \n"
    b"TY  - JOUR\nTI  - \nT1  - \nAU  - \nA1  - \nPY  - 20\nY1  - \nDA  - 20\nJO  - \nJF  - \nJ2  - \nT2  - Journal of \nVL  - \nIS  - \nSP  - \nEP  - \nSN  - \nDO  - 10.\n"
    b"AN  - \nUR  - https://doi.org/10.\nUR  - https://www.scopus.com/inward/record.uri?eid=2-s2.0-\nAB  - \nKW  - \nN1  - Export Date: \nN2  - \n"
    b"M3  - Article\nLA  - English\nDB  - \nPB  - \nAD  - \nC1  - \nER  - \n"
    b'"trial":{"completed":"20","conditions":[""],"countries":["United States"],"enrolment":100,"first_posted":"20","has_results":true,'
    b'"interventions":["Drug: "],"official_title":"A Phase 3 ","phases":["PHASE3"],"sponsor":"University ","started":"20","status":"COMPLETED",'
    b'"study_type":"INTERVENTIONAL","updated":"20"}}{"abstract":[{"label":"BACKGROUND","text":"The "},{"label":"METHODS","text":"We "},{"label":"RESULTS",'
    b'"text":" "},{"label":"CONCLUSIONS","text":"This study "}],"authors":[{"family":"","given":"A"},{"family":"","given":"J","orcid":"0000-000"}],'
    b'"doi":"10.1016/j.","extra":[["DA","20"],["N1","Export Date: "],["DB",""],["M3","Article"],["AN",""],["UR","https://doi.org/10."]],'
    b'"issn":["1"],"issue":"1","journal":"Journal of ","journal_abbreviation":"J ","keywords":["",""],"languages":["English"],"languages":["eng"],'
    b'"links":[{"kind":""}],"mentioned_numbers":["NCT0"],"mesh":["Humans","Male","Female","Adult"],"pages":"1","pmcid":"PMC","pmid":"3",'
    b'"publication_type_ids":["D016428"],"publication_types":["Journal Article","Randomized Controlled Trial"],"published":"20","publisher":"",'
    b'"registry_numbers":["NCT0"],"status":"MEDLINE","title":"","urls":["https://doi.org/10."],"volume":"1","year":20}'
    b'{"abstract":[{"label":"","text":"'
)

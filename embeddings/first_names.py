"""Common first names in small letters, written down by hand.

None is a common word as well: Will, Mark, Rose and Till are told by what stands around them.
"""

_NAMES = """
aaron abdul abdullah abigail adam adele adrian adriana agata agnes agnieszka ahmad ahmed aidan aiden
aisha akira alan albert alberto alejandra alejandro aleksandra alena alessandra alessandro alexander
alexandra alexandre alexis alfonso alfred ali alice alicia alina alison alistair allison alvaro alyssa
amanda amelia amina amir amit amy ana anastasia anders andre andrea andreas andrei andrew andrzej andy
angela angelika angelo anika anil anita anja anjali anke ann anna anne annelies annemarie annette annika
anthony antje antoine anton antonia antonio anya aoife arjun armin arne arnold arthur arturo ashley
astrid aurelie axel ayse barack barbara barry bartosz beata beate beatrice ben benedikt benjamin
bernadette bernard bernd bernhard bert bettina betty bianca bilal birgit bjarne bjoern björn bob bogdan
boris bozena brad bradley brandon brenda brett brian brianna brigitte britta bruce bruno bryan caitlin
caleb camille carl carla carlos carmen carol carolina caroline carsten catalina catherine cecile cecilia
celine charles charlotte cheryl chiara chidi chloe chris christa christel christian christiane christina
christine christoph christophe christopher ciara cindy claire clara claudia claudio claus clemens clive
colin connor constantin cornelia craig cristina cynthia dagmar damian daniel daniela daniele danielle
danny dave david debbie deborah deepak denise dennis derek derrick derya detlef diana diane diego dieter
dimitri dirk dmitri dmitry dolores dominik dominique donald donna doris dorothea dorothy douglas dragan
duncan dylan eberhard eddie edith eduardo edward ekaterina elaine eleanor elena eleni elias elif elisa
elisabeth elise elizabeth elke ella ellen elon elsa emanuel emil emilia emilie emily emine emma emre
enrico enrique eoin eric erica erich erik erika ernst erwin esteban esther eszter ethan eugene eva
evelyn ewa fabian fabio fabrice farid fatima fatma federico felipe felix femke ferdinand ferenc fernanda
fernando filip fiona fionn florence florian frances francesca francesco francisco francois franz
françois frauke fred freddie frederic frederik friederike friedrich fritz gabriel gabriela gabriele gail
gary gavin geoffrey georg george georgia gerald gerd gerhard gerry gert gianni gilles gillian giorgos
giovanni gisela giulia giuseppe glenn gloria gonzalo gordon graham greg gregor gregory greta grzegorz
gudrun guido guillaume guillermo gunnar gunther gustav gyorgy günter günther hakan halina hannah hannes
hans harald harriet harry hartmut haruto hassan heather hector heidi heike heiko heinrich heinz helen
helena helene helga helmut hendrik henning henri henrik henry herbert hermann hilary hiroshi holger
horst howard hubert hugo hussein ian ibrahim ida ignacio igor ilona ilse ina ines inga inge ingo ingrid
ioana irene irina iris irmgard isaac isabel isabella isabelle ismail istvan ivan ivana ivanka jackie
jaime jakob jakub james jamie jana jane janet janina janine jason javier jayden jean jeff jeffrey jelena
jennifer jenny jens jeremy jerome jerzy jesper jessica jim jiri joachim joan joanna joao jochen jodie
joe joel joerg johan johann johanna johannes john jolanta jonas jonathan joost jordan jorge joris jose
josef joseph josephine josh joshua josé jovana juan juana juergen julia julian juliane julie julien
juliette julio juri justin justyna jutta jörg jürgen kai kamala karen karim karin karina karl karla
karsten kasia katalin kate katharina katherine kathleen kathrin kathryn katja katrin katy kayla
kazimierz keira keith kelly kenji kenneth kerstin kevin khalid kim kirsten kirstin klara klaus konrad
konstantin krishna kristian kristina krystyna krzysztof kumar kurt kwame kyle lara larissa lars laszlo
laura lauren laurence laurent layla lea lee leila lena lenka leo leon leonard leonardo leonie leopold
leslie leszek lewis liam lidia liliana lina linda linh lisa lorenzo lorraine lothar lotte louis louise
luca lucas lucia lucie lucy ludwig luigi luis luisa lukas lukasz luke lutz lydia lynn maarten maciej
madeleine magda magdalena maggie magnus mahesh maja malgorzata malik manfred manuel manuela marc marcel
marcello marcin marcio marco marcos marcus marek maren margaret margarita margit margot maria marian
mariana marianne marie marija marina mario marion marius mariusz marketa markus marlene marta martha
martin martina marvin mary maryam massimo mateo mateusz mathias mathilde matteo matthew matthias maurice
mauro maximilian maya megan mehmet melanie melissa mia michael michaela michal michel michele michelle
miguel mihai mikael mike mikhail milan milena milica minh miriam mirko mohamed mohammad mohammed monica
monika monique moritz muhammad murat mustafa nadia nadine nadja nancy naomi natalia natalie natasha
nathalie nathan neha neil nelson ngozi nguyen niamh nicholas nick nicola nicolas nicole niels nigel
nikita niklas nikola nikolai nikos nils nina noah nora norbert norman oksana ole oleg olga oliver olivia
olivier oluwaseun omar oscar oskar otto owen ozan pablo padraig pamela paola paolo pascal patricia
patrick patrik paul paula pauline pavel pawel pedro peggy peter petr petra phil philip philipp philippe
phillip pierre piet pieter piotr pooja priya rachel radek rafael rahul rainer raj rajesh ralf ralph
ramesh ramon raquel rashid raul ravi raymond razvan rebecca regina reinhard renate renato rene reza
ricardo riccardo richard ricky rita robert roberta roberto rodrigo roger rohit roland rolf romain roman
ron ronald rosa rosemary rosie ross roxana roy ruben rudi rudolf ruediger rupert russell ruth ryan
sabine sabrina sally salman salvatore sam samantha samir samuel sander sandra sanjay santiago sara sarah
sascha sasha sean sebastian sebastien serge sergei sergey sergio shane shannon sharon shaun sheila
shirley sibylle siddharth sigrid silke silvia simon simona simone sina siobhan slawomir sofia sofie
sonia sonja sophia sophie stefan stefania stefanie steffen stella stephan stephanie stephen steve steven
stuart sunita suresh susan susanna susanne suzanne sven svenja svetlana sylvia sylvie tamara tanja tanya
tara tatiana tatjana ted teodor teresa thea theo theodor theresa thierry thijs thomas thorsten tim timo
timothy tina tobias toby todd tom tomas tomasz tommy torben torsten tracy trevor tristan uli ulla ulrich
ulrike umberto ursula ute uwe valentina valeria valerie vanessa vera verena veronica veronika veronique
vicky victor victoria vikram viktor vincent vincenzo viola virginia vladimir volker walter waltraud
wanda wendy werner wieslaw wilfried wilhelm willem william wim wojciech wolfgang xavier yann yannis
yasmin yolanda yuki yuri yusuf yves yvette yvonne zahra zbigniew zehra zeynep zoe zofia zoltan zoran
zuzana
"""
FIRST_NAMES = frozenset(_NAMES.split())

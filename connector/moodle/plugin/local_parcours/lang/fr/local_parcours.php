<?php
// This file is part of the local_parcours plugin for Moodle - https://moodle.org/
//
// local_parcours is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// local_parcours is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * French strings.
 *
 * @package    local_parcours
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['animation'] = 'Animation pédagogique';
$string['cachedef_running'] = 'Depuis quand chaque session est en cours de publication';
$string['completiondisabled'] = 'Le suivi d’achèvement et les restrictions d’accès doivent être activés sur ce site (fonctions avancées).';
$string['contest'] = 'Contester cette ligne';
$string['contestactivite_faite'] = 'j’ai fait cette activité';
$string['contestduree'] = 'la durée n’est pas celle qui était prévue';
$string['contested'] = 'Vous contestez cette ligne : quelqu’un vous répondra.';
$string['contestnon_faite'] = 'je n’ai pas fait cette activité';
$string['contestnoted'] = 'Votre contestation est notée : quelqu’un va la regarder.';
$string['contestpas_moi'] = 'cette activité n’est pas la mienne';
$string['contestpresent'] = 'j’étais présent ou présente';
$string['contestsend'] = 'Contester';
$string['contestwhy'] = 'Pourquoi contestez-vous cette ligne ?';
$string['decisioncredite'] = 'crédité';
$string['decisionen_attente'] = 'en attente';
$string['decisionrefuse'] = 'refusé';
$string['distance'] = 'À distance';
$string['duration'] = '{$a->hours} h {$a->minutes}';
$string['foreigncourse'] = '{$a->path} : « {$a->value} » appartient déjà à un cours qui n’a pas été publié par parcours.';
$string['invaliddocument'] = '{$a->path} : {$a->problem}';
$string['invalidgift'] = '{$a->path} : le texte GIFT ne peut pas être importé. {$a->value}';
$string['left'] = 'Il reste {$a} à faire';
$string['lines'] = 'Ligne à ligne';
$string['manualenroldisabled'] = 'La méthode d’inscription manuelle doit être activée sur ce site.';
$string['missing'] = 'Seuils qui ne sont pas encore atteints :';
$string['missingfile'] = '{$a->path} : le contenu de « {$a->value} » n’a pas été envoyé.';
$string['modulechanged'] = '{$a->path} : l’activité publiée est d’un autre type (« {$a->value} »).';
$string['moduledisabled'] = '{$a->path} : le type d’activité « {$a->value} » est désactivé sur ce site.';
$string['myhours'] = 'Mes 18 heures';
$string['myreport'] = 'Rapport de ma circonscription';
$string['nofigures'] = 'Il n’y a pas d’heures à votre nom ici.';
$string['nolines'] = 'Aucune activité cette année.';
$string['notyourline'] = 'Cette ligne n’est pas la vôtre, ou la raison n’est pas de la liste.';
$string['parcours:figures'] = 'Apporter à chacun ses propres heures';
$string['parcours:observe'] = 'Relire les sessions publiées';
$string['parcours:publish'] = 'Publier des sessions';
$string['pluginname'] = 'Parcours';
$string['presence'] = 'En présence';
$string['privacy:metadata:contest'] = 'Ce que vous contestez de vos heures, jusqu’à ce que ce soit noté.';
$string['privacy:metadata:contest:activity'] = 'L’activité.';
$string['privacy:metadata:contest:code'] = 'La session.';
$string['privacy:metadata:contest:reason'] = 'Votre raison, d’une liste fermée.';
$string['privacy:metadata:contest:timecreated'] = 'Quand vous l’avez contestée.';
$string['privacy:metadata:figures'] = 'Vos heures de formation, pour la page « Mes 18 heures ».';
$string['privacy:metadata:figures:body'] = 'Les heures dues, faites et restantes, et chaque ligne.';
$string['privacy:metadata:figures:timemodified'] = 'Quand elles ont été apportées.';
$string['privacy:metadata:session'] = 'Ce que le plugin retient de chaque session publiée.';
$string['privacy:metadata:session:prints'] = 'Ce que voulait la dernière publication, en empreintes : parmi elles, les inscriptions, dont aucune adresse électronique ne peut être lue.';
$string['privacy:metadata:snapshot'] = 'Copies datées de chaque session publiée, conservées pour justifier les heures de formation.';
$string['privacy:metadata:snapshot:body'] = 'La session publiée : son calendrier, ses activités, les adresses électroniques de ses formateurs et participants.';
$string['privacy:metadata:snapshot:timepublished'] = 'La date de publication.';
$string['privacy:metadata:snapshot:usermodified'] = 'La personne qui l’a publiée.';
$string['problemautomatic'] = 'un achèvement automatique demande au moins une règle';
$string['problemcircle'] = 'l’activité s’attend elle-même';
$string['problemcontrol'] = 'un caractère de contrôle est interdit';
$string['problemcursor'] = 'doit être la fin d\'une page : « next » d\'une réponse';
$string['problemduplicate'] = '« {$a} » apparaît deux fois';
$string['problemempty'] = 'ne doit pas être vide';
$string['problemfilename'] = 'doit être un nom de fichier que Moodle garde tel quel';
$string['problemjson'] = 'n’est pas du JSON : {$a}';
$string['problemlong'] = 'dépasse {$a} caractères';
$string['problemmany'] = 'contient plus de {$a} valeurs';
$string['problemmissing'] = 'il manque la clé « {$a} »';
$string['problemoption'] = 'ne doit pas contenir « {$a} »';
$string['problempass'] = 'réussir suppose un grade_pass supérieur à 0';
$string['problemprefix'] = 'doit commencer par « {$a} »';
$string['problemrange'] = 'doit être compris entre {$a->min} et {$a->max}';
$string['problemrule'] = 'la règle « {$a} » ne s’applique pas ici';
$string['problemtype'] = 'doit être : {$a}';
$string['problemunknownkey'] = 'la clé « {$a} » est inconnue';
$string['problemurl'] = 'n’est pas une adresse http ou https';
$string['problemvalue'] = 'doit être l’une de ces valeurs : {$a}';
$string['profilefield'] = 'Champ de profil';
$string['profilefield_desc'] = 'Nom abrégé du champ de profil qui nomme la circonscription d’un IEN : ceux dont le profil le remplit ont le lien vers leur rapport.';
$string['publicationinprogress'] = 'Une autre publication de « {$a->value} » est en cours. Réessayez dans un instant.';
$string['rolenotassignable'] = '{$a->path} : votre compte ne peut pas attribuer le rôle « {$a->value} » dans ce cours.';
$string['schoolyear'] = 'Année scolaire {$a}';
$string['stale'] = '{$a->path} : « {$a->value} » a été publié ou modifié depuis sa dernière lecture.';
$string['stateatteint'] = 'atteint';
$string['statedispense'] = 'rien n’est dû';
$string['stateincomplet'] = 'en cours';
$string['tableau'] = 'Adresse des pages de parcours';
$string['tableau_desc'] = 'Là où « parcours tableau » est servi. Qui suit le lien doit encore s’y identifier. Vide : pas de lien.';
$string['training'] = 'Formation continue';
$string['unknownactivity'] = '{$a->path} : aucune activité publiée « {$a->value} ».';
$string['unknowngroup'] = '{$a->path} : aucun groupe publié « {$a->value} ».';
$string['unknownmodule'] = '{$a->path} : le type d’activité « {$a->value} » est inconnu.';
$string['unknownprerequisite'] = '{$a->path} : aucune activité publiée « {$a->value} ».';
$string['unknownsection'] = '{$a->path} : aucune section publiée « {$a->value} ».';
$string['unknownsession'] = '{$a->path} : « {$a->value} » n’a jamais été publié : le document doit décrire le cours.';
$string['updated'] = 'Dernier changement : {$a}.';

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

namespace local_parcours;

use local_parcours\external\figures as service;
use local_parcours\local\contestation;
use local_parcours\local\figures;
use local_parcours\local\invalid_document;
use local_parcours\local\report_link;
use local_parcours\output\hours;
use PHPUnit\Framework\Attributes\CoversClass;

#[CoversClass(figures::class)]
#[CoversClass(contestation::class)]
/**
 * People's own hours are brought, replaced whole, forgotten, and shown to nobody else.
 *
 * @package    local_parcours
 * @category   test
 * @copyright  2026 The parcours contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_parcours\local\figures
 * @covers     \local_parcours\local\contestation
 */
final class figures_test extends \advanced_testcase {
    /** @var \stdClass whose hours are brought */
    private \stdClass $prof;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->prof = $this->getDataGenerator()->create_user();
    }

    /**
     * Calls the web service.
     *
     * @param array $document without its format
     * @return array
     */
    private function call(array $document): array {
        $json = json_encode(['format' => 'parcours-figures/1'] + $document);
        return json_decode(service::execute($json), true, 512, JSON_THROW_ON_ERROR);
    }

    /**
     * A person with one line, of some minutes.
     *
     * @param int $minutes
     * @return array
     */
    private function person(int $minutes): array {
        $sums = array_fill_keys(['presence', 'distance', 'training', 'animation'], $minutes);
        return ['userid' => (int) $this->prof->id, 'fingerprint' => "print-$minutes", 'figures' => $sums + [
            'year' => '2026-2027', 'at' => 1790000000, 'state' => 'incomplet', 'missing' => [],
            'due' => 1080, 'kept' => $minutes, 'left' => 1080 - $minutes,
            'lines' => [[
                'code' => 'S-1', 'activity' => 'accueil', 'session' => 'Session', 'title' => 'Accueil', 'day' => 1780000000,
                'minutes' => $minutes, 'planned' => 90, 'decision' => 'credite', 'reason' => 'Fait.', 'contested' => false,
            ]],
        ]];
    }

    public function test_hours_are_replaced_whole_and_forgotten(): void {
        $this->call(['people' => [$this->person(60)]]);
        $this->assertSame(60, figures::of($this->prof->id)['kept']);
        $answer = $this->call(['people' => [$this->person(90)], 'after' => 0]);
        $this->assertSame([['userid' => (int) $this->prof->id, 'fingerprint' => 'print-90']], $answer['held']);
        $this->assertSame(90, figures::of($this->prof->id)['kept']);
        $this->assertSame([], $this->call(['forget' => [(int) $this->prof->id], 'after' => 0])['held']);
        $this->assertNull(figures::of($this->prof->id));
    }

    public function test_somebody_who_is_gone_gets_none_and_a_deleted_account_is_forgotten(): void {
        $this->call(['people' => [$this->person(60)]]);
        delete_user($this->prof);
        $this->assertFalse(figures::exist($this->prof->id));
        $this->assertSame([(int) $this->prof->id], $this->call(['people' => [$this->person(60)]])['unknown']);
        $this->assertFalse(figures::exist($this->prof->id));
    }

    public function test_one_sees_ones_own_hours_and_nobody_elses(): void {
        $this->call(['people' => [$this->person(60)]]);
        $this->assertNull(hours::mine());
        $this->setUser($this->prof);
        $shown = hours::mine()->export_for_template(new \renderer_base(new \moodle_page(), RENDERER_TARGET_GENERAL));
        $this->assertSame(['1 h 00', '17 h 00', 5], [$shown['kept'], $shown['left'], $shown['percent']]);
        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertNull(hours::mine());
    }

    public function test_a_line_of_ones_own_is_contested_until_it_has_been_noted(): void {
        $this->call(['people' => [$this->person(60)]]);
        contestation::add($this->prof->id, 'S-1', 'accueil', 'present');
        contestation::add($this->prof->id, 'S-1', 'accueil', 'duree');
        $told = $this->call([])['contestations'];
        $this->assertCount(1, $told);
        $this->assertSame(['duree', 'S-1'], [$told[0]['reason'], $told[0]['code']]);
        $this->assertSame([], $this->call(['received' => $told[0]['id']])['contestations']);
    }

    public function test_a_line_that_is_not_theirs_or_another_reason_is_refused(): void {
        $this->call(['people' => [$this->person(60)]]);
        $other = $this->getDataGenerator()->create_user();
        $id = $this->prof->id;
        $wrong = [[$other->id, 'accueil', 'duree'], [$id, 'autre', 'duree'], [$id, 'accueil', 'x']];
        foreach ($wrong as [$userid, $activity, $reason]) {
            try {
                contestation::add($userid, 'S-1', $activity, $reason);
                $this->fail($activity);
            } catch (\moodle_exception $e) {
                $this->assertSame('notyourline', $e->errorcode);
            }
        }
        $this->assertSame([], contestation::all());
    }

    public function test_the_report_is_linked_for_whose_profile_names_a_circonscription(): void {
        $this->getDataGenerator()->create_custom_profile_field(
            ['datatype' => 'text', 'shortname' => 'circonscription', 'name' => 'Circonscription'],
        );
        $ien = $this->getDataGenerator()->create_user(['profile_field_circonscription' => '0693456G']);
        $this->setUser($ien);
        set_config('profilefield', 'circonscription', 'local_parcours');
        set_config('tableau', '', 'local_parcours');
        $this->assertNull(report_link::mine());
        set_config('tableau', 'https://parcours.exemple.fr/', 'local_parcours');
        $this->assertSame('https://parcours.exemple.fr/', report_link::mine()->out(false));
        $this->setUser($this->prof);
        $this->assertNull(report_link::mine());
    }

    public function test_a_document_that_is_not_one_and_a_stranger_are_refused(): void {
        $bad = $this->person(60);
        $bad['figures']['due'] = -1;
        try {
            $this->call(['people' => [$bad]]);
            $this->fail('a due below zero');
        } catch (invalid_document $e) {
            $this->assertStringContainsString('$.people[0].figures.due', $e->getMessage());
        }
        $this->setUser($this->prof);
        $this->expectException(\required_capability_exception::class);
        $this->call([]);
    }
}
